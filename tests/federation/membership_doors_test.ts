/** Joins, leaves, knocks and invites between a real server and a hostile one, in both directions. */
import assert from "node:assert/strict";
import {
  lookAtLink,
  makeMembership,
  redeemLink,
  sendInvite,
  sendMembership,
} from "../../core/api/federation/membership.ts";
import type { HeldEvent } from "../../core/event/event.ts";
import type { JsonObject, JsonValue } from "../../core/event/json.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import { type Guest, makeJoin } from "./guest.ts";
import type { Asked } from "./hostile_peer.ts";
import { makeRoom } from "./own_room.ts";
import { assertNotShown, openSiege, type Siege, untilShown } from "./siege.ts";
import { forge, wire } from "./shadow_room.ts";

let siege: Siege;
let guest: Guest;
Deno.test.beforeAll(async () => {
  siege = await openSiege();
  guest = await siege.enter();
});
Deno.test.afterAll(async () => await siege[Symbol.asyncDispose]());

const word = (text: string) => `${text} ${crypto.randomUUID()}`;
const send = (pdu: HeldEvent | JsonValue, roomId: string = siege.roomId) =>
  guest.peer.call(siege.victim, sendMembership, {
    room_id: roomId,
    pdu: typeof pdu === "object" && pdu !== null && "pdu" in pdu
      ? wire(pdu as HeldEvent)
      : pdu as JsonValue,
  });
const isRefused = ({ status }: { status: number }) => status >= 400 && status < 500;
/** Somebody invited by a link who has not joined yet, and their join. */
async function invited(name: string, content?: JsonObject) {
  const user = guest.peer.user(name);
  const redeemed = await guest.peer.call(siege.victim, redeemLink, {
    code: await siege.link(),
    user,
  });
  assert.equal(redeemed.status, 200, JSON.stringify(redeemed.body));
  const { join } = await makeJoin(
    guest.peer,
    siege.victim,
    { roomId: siege.roomId, user },
    content,
  );
  return { user, join };
}
const membershipOf = async (user: string) =>
  (await siege.state("m.room.member", user))?.["membership"];

Deno.test("the control: an honest join by a link is taken, and its words are shown", async () => {
  const { user, join } = await invited("honest");
  assert.equal((await send(join)).status, 200);
  assert.equal(await membershipOf(user), "join");
});

Deno.test("Inbound /v1/send_join rejects incorrectly-signed joins", async () => {
  const { user, join } = await invited("unsigned");
  const signature = Object.values(join.pdu.signatures[guest.peer.name] ?? {})[0] as string;
  const flipped = (signature[0] === "A" ? "B" : "A") + signature.slice(1);
  const name = Object.keys(join.pdu.signatures[guest.peer.name] ?? {})[0] as string;
  const forms: JsonObject[] = [
    {},
    { [guest.peer.name]: { [name]: flipped } },
    { "one.test": { [name]: signature } },
  ];
  for (const signatures of forms) {
    assert(isRefused(await send({ ...wire(join) as object, signatures } as JsonValue)));
  }
  assert.equal(await membershipOf(user), "invite");
});

Deno.test("Inbound /v1/send_join rejects joins from other servers", async () => {
  const { join } = await invited("borrowed");
  const key = { "one.test": guest.peer.signer, [guest.peer.name]: guest.peer.signer };
  for (const sender of ["@ann:one.test", "@frank:fair.test", siege.owner.id]) {
    const [, server] = sender.slice(1).split(":") as [string, string];
    const fields = { sender, state_key: sender, origin_server: server };
    assert(isRefused(await send(await forge(join.pdu, fields, key))), sender);
  }
});

Deno.test("TestCannotSendNonJoinViaSendJoinV2, TestCannotSendNonLeaveViaSendLeaveV2: a membership door takes one's own membership and nothing else", async () => {
  const ann = siege.members[0]?.id as string;
  const body = word("through the wrong door");
  const events = [
    await guest.say(siege.general, body),
    await guest.make({ type: "m.room.member", stateKey: ann, content: { membership: "leave" } }),
    await guest.make({ type: "m.room.member", stateKey: ann, content: { membership: "ban" } }),
    await guest.make({ type: "m.room.member", stateKey: ann, content: { membership: "join" } }),
    await guest.make({
      type: "m.room.member",
      stateKey: guest.user,
      content: { membership: "ban" },
    }),
    await guest.make({
      type: "m.room.member",
      stateKey: guest.peer.user("friend"),
      content: { membership: "invite" },
    }),
    await guest.make({ type: "m.guild.meta", stateKey: "", content: { name: "mine" } }),
  ];
  for (const event of events) {
    assert(isRefused(await send(event)), JSON.stringify(event.pdu.content));
  }
  await assertNotShown(siege, body);
  assert.equal(await membershipOf(ann), "join");
});

Deno.test("A6 path room is not body room on send_join, send_leave", async () => {
  const { user, join } = await invited("crossing");
  const own = await makeRoom(guest.peer, user);
  assert(isRefused(await send(join, own.roomId)));
  const foreign = await own.build({
    type: "m.room.member",
    sender: user,
    stateKey: user,
    content: { membership: "leave" },
    ts: Date.now(),
  }, guest.peer.signer);
  assert(isRefused(await send(foreign)));
  assert.equal(await membershipOf(user), "invite");
});

Deno.test("TestBannedUserCannotSendJoin: not by the door, not on heads from before the ban, not by a link; TestUnbanViaInvite: once the ban is lifted they may", async () => {
  const { user, join } = await invited("banned");
  const path = `/guilds/${siege.roomId}/bans/${encodeURIComponent(user)}`;
  await siege.owner.do("PUT", path, {});
  assert(isRefused(await send(join)));
  const [late] = await guest.push([join]);
  assert(late?.outcome === "soft_failed" || late?.outcome === "rejected", late?.outcome);
  const asked = await guest.peer.call(siege.victim, makeMembership, {
    room_id: siege.roomId,
    user,
    membership: "join",
  });
  assert(isRefused(asked));
  const redeemed = await guest.peer.call(siege.victim, redeemLink, {
    code: await siege.link(),
    user,
  });
  assert(isRefused(redeemed));
  assert.equal(await membershipOf(user), "ban");
  await siege.owner.do("DELETE", path);
  const again = await invited("banned");
  assert.equal((await send(again.join)).status, 200);
  assert.equal(await membershipOf(user), "join");
});

Deno.test("A16 signing oracle: no signature of ours on what a join names us as voucher for", async () => {
  const { user, join } = await invited("vouched", {
    membership: "join",
    authorised_via: siege.owner.id,
  });
  const { status, bytes } = await send(join);
  assert(status >= 400 && status < 500, `${status}`);
  const text = new TextDecoder().decode(bytes);
  assert(!text.includes("signatures"), text);
  assert.equal(await membershipOf(user), "invite");
});

/** A link in the form of all links, of the hostile server. */
const trap = async () => `${await siege.link()}@evil.test`;

/** What a hostile server answers one of our users who follows its link, and what ours then signs. */
async function lure(change: (place: Record<string, unknown>) => Record<string, unknown>) {
  const { peer } = guest;
  const mallory = peer.user("host");
  const room = await makeRoom(peer, mallory);
  room.learn(
    await room.build({
      type: "m.room.join_rules",
      sender: mallory,
      stateKey: "",
      content: { rule: "public" },
      ts: Date.now() - 10_000,
    }, peer.signer),
  );
  const state = room.stateAfter(room.heads());
  const place = {
    room_id: room.roomId,
    create: wire(room.control()[0] as HeldEvent),
    prev_events: room.heads(),
    auth_events: ["m.guild.owner", "m.guild.roles", "m.room.join_rules"].flatMap((type) => {
      const event = state.get(type, "");
      return event === undefined ? [] : [wire(event)];
    }),
  };
  const signed: JsonValue[] = [];
  const answers: Record<string, (asked: Asked) => JsonValue> = {
    [lookAtLink.path]: () => ({
      room_id: room.roomId,
      name: "A trap",
      description: null,
      icon: null,
      member_count: 1,
      online_count: 1,
      by: mallory,
      expires_ts: null,
    }),
    [redeemLink.path]: () => ({ room_id: room.roomId, channel_id: null }),
    [makeMembership.path]: () => change(place) as JsonValue,
    [sendMembership.path]: ({ body }) => {
      signed.push(JSON.parse(new TextDecoder().decode(body)).pdu);
      return {};
    },
  };
  for (const [path, answer] of Object.entries(answers)) peer.answers.set(path, answer);
  const ann = siege.members[0];
  assert(ann !== undefined);
  const answer = await ann.try("POST", "/join", { link: await trap() });
  for (const path of Object.keys(answers)) peer.answers.delete(path);
  return { signed, answer, room, user: ann.id };
}

Deno.test("A16 signing oracle: whatever a template says, what is signed is one's own join of the room one asked for", async () => {
  const [create] = (await makeRoom(guest.peer, guest.user)).control();
  const templates: ((place: Record<string, unknown>) => Record<string, unknown>)[] = [
    (place) => place,
    (place) => ({ ...place, content: { membership: "ban", reason: "x" }, type: "m.guild.owner" }),
    (place) => ({ ...place, room_id: siege.roomId }),
    (place) => ({ ...place, create: wire(create as HeldEvent) }),
    (place) => ({ ...place, authorised_via: siege.owner.id }),
    (place) => ({ ...place, authorised_via: guest.user }),
    (place) => ({ ...place, prev_events: [siege.roomId.replace("!", "$")] }),
    (place) => ({ ...place, prev_events: ["$x"] }),
    (place) => ({ ...place, auth_events: [] }),
    (place) => ({ ...place, auth_events: [wire(guest.room.control()[1] as HeldEvent)] }),
    (place) => ({ ...place, user: siege.owner.id, sender: siege.owner.id }),
  ];
  let signatures = 0;
  for (const template of templates) {
    const { signed, room, user } = await lure(template);
    for (const pdu of signed) {
      signatures++;
      // The voucher's own signature is still to come.
      const parsed = parsePduValue(pdu, { requiredSigners: ({ origin_server: own }) => [own] });
      assert(parsed.kind === "event");
      const { event } = parsed;
      assert.equal(event.roomId, room.roomId);
      assert.equal(event.pdu.type, "m.room.member");
      assert.equal(event.pdu.sender, user);
      assert.equal("state_key" in event.pdu && event.pdu.state_key, user);
      assert.equal(event.pdu.content["membership"], "join");
      const { membership: _join, authorised_via: via, ...more } = event.pdu.content;
      assert.deepEqual(more, {});
      assert(via === undefined || via === guest.user, `${via}`);
      assert.deepEqual(Object.keys(event.pdu.signatures), ["one.test"]);
    }
  }
  assert(signatures > 0, "the honest template is signed");
});

Deno.test("A35 remote 401 or 5xx: whatever the other answers, one's own client is not logged out, and hears whose fault it is", async () => {
  const ann = siege.members[0];
  assert(ann !== undefined);
  for (const status of [401, 403, 404, 429, 500, 503, 302]) {
    for (const { path } of [lookAtLink, redeemLink, makeMembership]) {
      guest.peer.answers.set(
        path,
        () =>
          new Response(
            JSON.stringify({ error: { code: "unauthorized", message: "log out now" } }),
            {
              status,
              headers: { location: siege.server.url },
            },
          ),
      );
    }
    const answer = await ann.try("POST", "/join", { link: await trap() });
    assert(![200, 401, 500].includes(answer.status), `${status} became ${answer.status}`);
    assert(!JSON.stringify(answer.body).includes("log out now"));
  }
  for (const { path } of [lookAtLink, redeemLink, makeMembership]) guest.peer.answers.delete(path);
  assert.equal((await ann.try("GET", "/sync")).status, 200);
});

Deno.test("TestJoinFederatedRoomFailOver: garbage, half an answer and bytes that are no JSON end a join cleanly", async () => {
  const ann = siege.members[0];
  assert(ann !== undefined);
  const forms: (() => Response)[] = [
    () => new Response("<html>", { headers: { "content-type": "text/html" } }),
    () => new Response("{"),
    () => new Response("[".repeat(100_000)),
    () => new Response(new Uint8Array(5_000_000)),
    () => new Response("null"),
    () => new Response('{"room_id":1e400}'),
  ];
  for (const form of forms) {
    for (const { path } of [lookAtLink, redeemLink, makeMembership]) {
      guest.peer.answers.set(path, form);
    }
    const { status } = await ann.try("POST", "/join", { link: await trap() });
    assert(status >= 400 && status !== 401 && status !== 500, `${status}`);
  }
  for (const { path } of [lookAtLink, redeemLink, makeMembership]) guest.peer.answers.delete(path);
});

Deno.test("Inbound federation rejects invites which are not signed by the sender; A23 poison invite: none of them harms who it is for", async () => {
  const ann = siege.members[0];
  assert(ann !== undefined);
  const { peer } = guest;
  const host = peer.user("inviter");
  const room = await makeRoom(peer, host);
  const create = room.control()[0] as HeldEvent;
  const invite = await room.build({
    type: "m.room.member",
    sender: host,
    stateKey: ann.id,
    content: { membership: "invite" },
    ts: Date.now(),
  }, peer.signer);
  const state = [wire(create)];
  const huge = { type: "m.guild.meta", content: { name: "x".repeat(100_000) } } as JsonValue;
  const ask = (fields: Record<string, unknown>) =>
    peer.call(
      siege.victim,
      sendInvite,
      { room_id: room.roomId, pdu: wire(invite), state, keys: [], ...fields } as never,
    );
  const before = await ann.do("GET", "/sync");
  const refused = [
    await ask({ pdu: { ...wire(invite) as object, signatures: {} } }),
    await ask({ pdu: await forge(invite.pdu, { sender: siege.owner.id }, {}) }),
    await ask({ state: [] }),
    await ask({ state: [wire(guest.room.control()[0] as HeldEvent)] }),
    await ask({ room_id: siege.roomId }),
    await ask({ state: Array(30).fill(huge) }),
    await ask({ pdu: wire(create) }),
    await ask({ pdu: { ...wire(invite) as object, state_key: "@nobody:fair.test" } }),
  ];
  for (const [at, reply] of refused.entries()) assert(isRefused(reply), `${at}: ${reply.status}`);
  const after = await ann.do("GET", "/sync");
  assert.equal(after.guilds?.length, before.guilds?.length);
  const body = word("after the invites");
  await ann.do("POST", `/rooms/${siege.roomId}/send`, { channel_id: siege.general, body });
  await untilShown(siege, body);
});
