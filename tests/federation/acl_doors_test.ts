/** Servers that a guild has shut out, at the doors of one that it has not. */
import assert from "node:assert/strict";
import {
  makeMembership,
  redeemLink,
  sendMembership,
} from "../../core/api/federation/membership.ts";
import { makeJoin } from "./guest.ts";
import { assertNotShown, openSiege, untilShown } from "./siege.ts";
import { wire } from "./shadow_room.ts";

Deno.test("TestACLs, TestACLsForEDUs, A20 ACL evasion: a server that is shut out adds nothing, however its name is written in the list; once let in again it may", async () => {
  await using siege = await openSiege();
  const guest = await siege.enter();
  const { owner, roomId, general, peer, victim } = siege;
  const set = (deny: readonly string[]) =>
    owner.do("PUT", `/guilds/${roomId}/servers`, {
      acl: { allow: ["*"], deny, allow_ip_literals: false },
    });
  const friend = peer.user("friend");
  const redeemed = await peer.call(victim, redeemLink, { code: await siege.link(), user: friend });
  assert.equal(redeemed.status, 200);
  const { join } = await makeJoin(peer, victim, { roomId, user: friend });
  using listening = await owner.connect();
  for (const deny of ["evil.test", "EVIL.test", "e?il.*", "*evil*"]) {
    await set([deny]);
    const body = `from a server shut out by ${deny}`;
    const [result] = await guest.push([await guest.say(general, body)]);
    assert.equal(result?.outcome, "soft_failed", deny);
    const edu = {
      type: "m.typing",
      content: { room_id: roomId, channel_id: general, user: guest.user, typing: true },
    };
    await guest.push([], [edu]);
    await assertNotShown(siege, body);
    const joined = await peer.call(victim, sendMembership, { room_id: roomId, pdu: wire(join) });
    assert(joined.status >= 400, deny);
    const asked = await peer.call(victim, makeMembership, {
      room_id: roomId,
      user: peer.user("another"),
      membership: "join",
    });
    assert(asked.status >= 400, deny);
  }
  assert(!JSON.stringify(listening.frames).includes('"typing"'), "no typing is told");
  await set([]);
  await guest.readControl();
  const body = "let in again";
  const [result] = await guest.push([await guest.say(general, body)]);
  assert.equal(result?.outcome, "accepted");
  await untilShown(siege, body);
});
