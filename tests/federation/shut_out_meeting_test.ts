/** A guild that shuts a server out introduces nobody of it to the people of another one. */
import assert from "node:assert/strict";
import { whoAreKnown } from "../../server/services/relationships/knows.ts";
import { sharesGuild } from "../../server/services/users/shares_guild.ts";
import { userId } from "../harness/events.ts";
import { openRoomWorld } from "../harness/room_world.ts";

const OLGA = userId("@olga:one.test");
const CLEO = userId("@cleo:one.test");
const ANN = userId("@ann:two.test");
const DAN = userId("@dan:denied.test");

Deno.test("who is in a guild that shuts their server out shares no guild by it, until it lets them in again or there is another", async () => {
  await using world = await openRoomWorld();
  const guildOf = async (...members: (typeof ANN)[]) => {
    const { room } = await world.guild(OLGA);
    for (const user of members) {
      await world.change(room, OLGA, ["m.room.member", user, { membership: "invite" }]);
      await world.change(room, user, ["m.room.member", user, { membership: "join" }]);
    }
    return room;
  };
  const room = await guildOf(ANN, CLEO, DAN);
  const deny = (denied: readonly string[]) =>
    world.change(room, OLGA, ["m.room.server_acl", "", {
      allow: ["*"],
      deny: denied,
      allow_ip_literals: false,
    }]);
  const near = async (user: typeof ANN) =>
    [...await whoAreKnown(world, user, [OLGA, CLEO, ANN, DAN].filter((each) => each !== user))]
      .sort();

  assert.deepEqual(await near(OLGA), [ANN, CLEO, DAN]);
  await deny(["denied.*"]);
  assert.equal(await sharesGuild(world, OLGA, DAN), false);
  assert.deepEqual(await near(OLGA), [ANN, CLEO]);
  await guildOf(DAN);
  assert.equal(await sharesGuild(world, OLGA, DAN), true, "another guild of both");
  assert.equal(await sharesGuild(world, CLEO, DAN), false, "who is not in that one");
  await deny([]);
  assert.deepEqual(await near(CLEO), [ANN, DAN, OLGA]);
});
