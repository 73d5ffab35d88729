import assert from "node:assert/strict";
import { OperationError } from "../../core/errors.ts";
import { userId } from "../harness/events.ts";
import { openRoomWorld } from "../harness/room_world.ts";

Deno.test("ACL: a server that the room shuts out sends nothing that looks as if it stood; its users may go", async () => {
  await using world = await openRoomWorld();
  const owner = userId("@owner:one.test");
  const member = userId("@ann:one.test");
  const { room, general } = await world.guild(owner);
  await world.change(room, owner, ["m.room.join_rules", "", { rule: "public" }]);
  await world.change(room, member, ["m.room.member", member, { membership: "join" }]);
  const say = () => world.say(room, { sender: member, channelId: general, body: "hello" });
  await say();
  const acl = { allow: ["*"], deny: ["one.test"], allow_ip_literals: false };
  await world.change(room, owner, ["m.room.server_acl", "", acl]);
  const isShutOut = (error: unknown) =>
    error instanceof OperationError && error.code === "forbidden" &&
    error.details?.["rule"] === "now.acl";
  await assert.rejects(say, isShutOut);
  await assert.rejects(
    world.change(room, owner, ["m.guild.meta", "", { name: "still mine" }]),
    isShutOut,
  );
  await world.change(room, member, ["m.room.member", member, { membership: "leave" }]);
  assert.equal(room.authority.membership(member), "leave");
});
