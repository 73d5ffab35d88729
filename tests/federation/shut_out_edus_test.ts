/** What is said beside events goes to no server that the room's list shuts out. PROTOCOL.md 10. */
import assert from "node:assert/strict";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { PresenceSender } from "../../federation/edus/send_presence.ts";
import { EduSender } from "../../federation/edus/send_edus.ts";
import type { OutgoingEdu } from "../../federation/ports.ts";
import { eduRooms } from "../../server/federation/edu_rooms.ts";
import { silentLog } from "../../server/system/log.ts";
import { serverName, userId } from "../harness/events.ts";
import { openRoomWorld } from "../harness/room_world.ts";
import { waitFor } from "../harness/wait_for.ts";

const ONE = serverName("one.test");
const OLGA = userId("@olga:one.test");
const ANN = userId("@ann:two.test");
const DAN = userId("@dan:denied.test");

Deno.test("a server that a guild shuts out hears there of no presence, profile, typing or reading; by another room it does", async () => {
  await using world = await openRoomWorld();
  const guildOf = async (members: readonly UserId[]) => {
    const made = await world.guild(OLGA);
    for (const user of members) {
      await world.change(made.room, OLGA, ["m.room.member", user, { membership: "invite" }]);
      await world.change(made.room, user, ["m.room.member", user, { membership: "join" }]);
    }
    return made;
  };
  const { room, general } = await guildOf([ANN, DAN]);
  const deny = (denied: readonly string[]) =>
    world.change(room, OLGA, ["m.room.server_acl", "", {
      allow: ["*"],
      deny: denied,
      allow_ip_literals: false,
    }]);
  await deny(["denied.*"]);
  const { id: eventId } = await world.say(room, { sender: OLGA, channelId: general, body: "hi" });

  let sent: string[] = [];
  const outbound = {
    sendEdu: (server: ServerName, { type }: OutgoingEdu) => void sent.push(`${type} ${server}`),
  };
  const deps = { self: ONE, rooms: eduRooms(world), outbound, log: silentLog };
  const edus = new EduSender({ ...deps, readMarkers: true });
  /** Of all that there is: what goes to servers when somebody comes back, writes and reads. */
  const tell = async () => {
    sent = [];
    // Each time its own: it has told nobody yet.
    await using presence = new PresenceSender({
      ...deps,
      shownOf: () => "online",
      clock: world.clock,
    });
    presence.changed(OLGA);
    await presence.round();
    for (const user of [OLGA, DAN]) presence.joined(room.id, user);
    await presence.round();
    edus.profile(OLGA);
    edus.typing(OLGA, { roomId: room.id, channelId: general });
    edus.read(OLGA, { roomId: room.id, channelId: general }, eventId);
    const types = ["m.presence", "m.profile", "m.typing", "m.read"];
    await waitFor(
      "everything to be said to the server that takes part",
      () => types.every((type) => sent.includes(`${type} two.test`)),
    );
    return [...new Set(sent.filter((each) => each.endsWith(" denied.test")))].sort();
  };
  assert.deepEqual(await tell(), []);
  await guildOf([DAN]);
  assert.deepEqual(await tell(), ["m.presence denied.test", "m.profile denied.test"]);
  await deny([]);
  const all = ["m.presence", "m.profile", "m.read", "m.typing"];
  assert.deepEqual(await tell(), all.map((type) => `${type} denied.test`));
});
