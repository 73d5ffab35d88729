import assert from "node:assert/strict";
import { MAIN_CHANNEL } from "../../../core/ids/channel_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { serverName } from "../../../tests/harness/events.ts";
import { openRoomWorld } from "../../../tests/harness/room_world.ts";
import { privateGenesis } from "../../rooms/genesis.ts";
import { privateChannelRows } from "../channels/private_channel_rows.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import type { RemoteRooms } from "../chat/remote_rooms.ts";
import { openPrivateRooms } from "../chat/view_guild.ts";
import { isEncrypted } from "../e2ee/room_encryption.ts";
import { carryPrivate } from "./carry_private.ts";

const ANN = "@ann:one.test" as UserId;
const BOB = "@bob:one.test" as UserId;
const EVE = "@eve:one.test" as UserId;

Deno.test("what was encrypted is so from the first event on; what the owner is not in stays", async () => {
  await using world = await openRoomWorld();
  const { sql, rooms, clock, rng } = world;
  const { room: old } = await world.guild(ANN);
  const { room: next } = await world.guild(ANN);
  const makePrivate = async (name: string, creator: UserId) =>
    await rooms.create(
      privateGenesis(rng, {
        creator,
        guildId: old.id,
        name,
        topic: null,
        parent: null,
        order: 3,
        federate: true,
        roles: { everyone: "0", roles: {} },
        allowRoles: [],
      }),
      creator,
      (roomId) => [privateChannelRows.of({ roomId, guildId: old.id, createdTs: clock.now() })],
    );
  const vault = await makePrivate("vault", ANN);
  await world.change(
    vault,
    ANN,
    ["m.room.encryption", "", { algorithm: "mls" }],
    ["m.room.member", BOB, { membership: "invite" }],
  );
  await world.change(vault, BOB, ["m.room.member", BOB, { membership: "join" }]);
  await makePrivate("open", ANN);
  await makePrivate("of others", EVE);
  const remote = {
    tell: () => assert.fail("nobody of another server is a member"),
    wake: () => undefined,
  } as unknown as RemoteRooms;
  const deps = { sql, rooms, clock, rng, serverName: serverName("one.test"), remote };
  await carryPrivate(deps as unknown as ChatDeps & { readonly remote: RemoteRooms }, {
    userId: ANN,
    old,
    next,
  });
  const made = await openPrivateRooms({ sql, rooms }, next, ANN);
  const seen = made.map(({ authority }) => [
    authority.view.get("m.channel.meta", MAIN_CHANNEL)?.pdu.content["name"],
    isEncrypted(authority),
    authority.owner(),
    authority.membership(BOB),
    authority.room.guild,
  ]);
  assert.deepEqual(
    new Set(seen.map((each) => each.join())),
    new Set([
      ["vault", true, ANN, "invite", next.id].join(),
      ["open", false, ANN, "leave", next.id].join(),
    ]),
  );
  assert.ok(!made.some(({ id }) => id === vault.id), "rooms of their own");
});
