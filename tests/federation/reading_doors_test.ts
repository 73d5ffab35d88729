/** What a hostile server asks to read: forbidden and unknown are one answer, byte for byte. */
import assert from "node:assert/strict";
import {
  backfill,
  getControl,
  getEvents,
  getHeads,
  getState,
  missingEvents,
} from "../../core/api/federation/events.ts";
import { getProfile } from "../../core/api/federation/people.ts";
import type { FederationOperation } from "../../core/api/federation/operation.ts";
import { channelIdFromBytes } from "../../core/ids/channel_id.ts";
import { eventIdFromHash } from "../../core/ids/event_id.ts";
import { roomIdFromHash } from "../../core/ids/room_id.ts";
import { bitsOf, formatBits } from "../../core/permissions/bits.ts";
import type { Guest } from "./guest.ts";
import { openSiege, type Siege } from "./siege.ts";

let siege: Siege;
let guest: Guest;
/** A guild of the same server in which nobody of the hostile server is. */
let other: { readonly id: string; readonly channel: string; readonly event: string };
/** A channel of the shared guild that the hostile server's user may not see. */
let hidden: { readonly id: string; readonly event: string };
Deno.test.beforeAll(async () => {
  siege = await openSiege();
  guest = await siege.enter();
  const { owner } = siege;
  const guild = await owner.do("POST", "/guilds", { name: "Elsewhere" });
  const channel = guild.channels[0].id;
  const sent = await owner.do("POST", `/rooms/${guild.id}/send`, {
    channel_id: channel,
    body: "a secret of another guild",
  });
  other = { id: guild.id, channel, event: sent.id };
  const made = await owner.do("POST", "/channels", {
    guild_id: siege.roomId,
    kind: "text",
    name: "hidden",
    entries: [{ target: "everyone", allow: "0", deny: formatBits(bitsOf("VIEW_CHANNEL")) }],
  });
  const secret = await owner.do("POST", `/rooms/${siege.roomId}/send`, {
    channel_id: made.id,
    body: "a secret of a hidden channel",
  });
  hidden = { id: made.id, event: secret.id };
  await guest.readControl();
});
Deno.test.afterAll(async () => await siege[Symbol.asyncDispose]());

const nothing = {
  room: roomIdFromHash(new Uint8Array(32).fill(7)),
  event: eventIdFromHash(new Uint8Array(32).fill(8)),
  channel: channelIdFromBytes(new Uint8Array(16).fill(9)),
};

async function ask(operation: FederationOperation, request: Record<string, unknown>) {
  const { status, bytes } = await guest.peer.call(
    siege.victim,
    operation as never,
    request as never,
  );
  return `${status} ${new TextDecoder().decode(bytes)}`;
}

function readsOf(room: string, channel: string, event: string) {
  return {
    getEvents: [getEvents, { room_id: room, event_ids: [event] }],
    backfill: [backfill, { room_id: room, channel_id: channel, limit: 10 }],
    "backfill from": [backfill, { room_id: room, channel_id: channel, from: event, limit: 10 }],
    missingEvents: [missingEvents, {
      room_id: room,
      channel_id: channel,
      earliest: [],
      latest: [event],
      limit: 10,
    }],
    getState: [getState, { room_id: room, event_id: event, limit: 10 }],
    getControl: [getControl, { room_id: room, limit: 10 }],
    getHeads: [getHeads, { room_id: room }],
  } as unknown as Record<string, [FederationOperation, Record<string, unknown>]>;
}

Deno.test("A8 cross-room reads: a room one is not in, and a room that is none, are one answer at every door", async () => {
  const forbidden = readsOf(other.id, other.channel, other.event);
  const absent = readsOf(nothing.room, nothing.channel, nothing.event);
  for (const [name, [operation, request]] of Object.entries(forbidden)) {
    const [, none] = absent[name] as [FederationOperation, Record<string, unknown>];
    const refused = await ask(operation, request);
    assert.equal(refused, await ask(operation, none), name);
    assert(refused.startsWith("404"), `${name}: ${refused}`);
  }
});

Deno.test("Backfill checks the events requested belong to the room, Getting state IDs checks the events requested belong to the room", async () => {
  for (
    const [operation, fields] of [
      [getState, { limit: 10 }],
      [getEvents, {}],
      [missingEvents, { earliest: [], limit: 10 }],
      [backfill, { channel_id: siege.general, limit: 10 }],
    ] as const
  ) {
    const of = (event: string) => ({
      ...fields,
      room_id: siege.roomId,
      event_id: event,
      event_ids: [event],
      latest: [event],
      from: event,
    });
    const foreign = await ask(operation as never, of(other.event));
    assert.equal(foreign, await ask(operation as never, of(nothing.event)), operation.id);
    assert(!foreign.includes("secret"), operation.id);
  }
});

Deno.test("A5 unsigned side doors, A30 history leak: no door gives the words of a hidden channel", async () => {
  const reads = readsOf(siege.roomId, hidden.id, hidden.event);
  const absent = readsOf(siege.roomId, nothing.channel, nothing.event);
  for (const [name, [operation, request]] of Object.entries(reads)) {
    const answer = await ask(operation, request);
    assert(!answer.includes("secret"), `${name}: ${answer.slice(0, 300)}`);
    if (name === "getControl" || name === "getHeads") continue;
    const [, none] = absent[name] as [FederationOperation, Record<string, unknown>];
    assert.equal(answer, await ask(operation, none), name);
  }
  const heads = JSON.parse((await ask(getHeads, { room_id: siege.roomId })).slice(4));
  assert.equal(heads.channels[hidden.id], undefined);
});

Deno.test("A8 control: the same doors answer for what the server may read", async () => {
  const sent = await siege.owner.do("POST", `/rooms/${siege.roomId}/send`, {
    channel_id: siege.general,
    body: "for everybody",
  });
  const reads = readsOf(siege.roomId, siege.general, sent.id);
  for (const [name, [operation, request]] of Object.entries(reads)) {
    // The state after a message is none: it is asked for at control events.
    if (name === "getState") request["event_id"] = guest.room.heads()[0];
    const answer = await ask(operation, request);
    assert(answer.startsWith("200"), `${name}: ${answer.slice(0, 200)}`);
  }
});

Deno.test("A22 enumeration: a profile that nobody of the asker may see and one that is none look the same", async () => {
  const stranger = await siege.server.register("stranger", await siege.link());
  const known = await ask(getProfile, { user: stranger.id });
  const none = await ask(getProfile, { user: "@nobody:one.test" });
  const foreign = await ask(getProfile, { user: "@nobody:fair.test" });
  assert.equal(none, foreign);
  assert(known.startsWith("200") || known === none, known);
});

Deno.test("A30 TestLeaveEventVisibility: a server that has left reads nothing of what came later", async () => {
  const leaver = await siege.enter("leaver");
  const leave = await leaver.make({
    type: "m.room.member",
    stateKey: leaver.user,
    content: { membership: "leave" },
  });
  assert.equal((await leaver.push([leave]))[0]?.outcome, "accepted");
  await guest.readControl();
  const mine = await guest.make({
    type: "m.room.member",
    stateKey: guest.user,
    content: { membership: "leave" },
  });
  assert.equal((await guest.push([mine]))[0]?.outcome, "accepted");
  const later = await siege.owner.do("POST", `/rooms/${siege.roomId}/send`, {
    channel_id: siege.general,
    body: "a secret after the leave",
  });
  for (
    const [name, [operation, request]] of Object.entries(
      readsOf(siege.roomId, siege.general, later.id),
    )
  ) {
    const answer = await ask(operation, request);
    assert(!answer.includes("secret"), `${name}: ${answer.slice(0, 300)}`);
  }
});
