import assert from "node:assert/strict";
import { OperationError } from "../../core/errors.ts";
import { buildControlEvent } from "../../core/event/build.ts";
import { type ControlEvent } from "../../core/event/event.ts";
import type { JsonObject, JsonValue } from "../../core/event/json.ts";
import { StrictVerifier } from "../../core/event/verify.ts";
import { selectAuthEvents } from "../../core/auth/select_auth_events.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { Authority } from "../../core/permissions/authority.ts";
import { roomFacts } from "../../core/rules/room_facts.ts";
import { askedBy } from "../../tests/harness/asked_by.ts";
import { TEST_TS, testServer, userId } from "../../tests/harness/events.ts";
import { seededRng } from "../../tests/harness/seeded_rng.ts";
import { SignedRoom } from "../../tests/harness/signed_room.ts";
import type { ReceivedInvite, ResidentRoom } from "../membership_ports.ts";
import { type IngestInput, keyNameText } from "../ports.ts";
import { inviteHandler } from "./invite.ts";
import { makeMembershipHandler } from "./make_membership.ts";
import { sendMembershipHandler } from "./send_membership.ts";

const here = testServer("here.example", 1);
const there = testServer("there.example", 2);
const owner = userId("@owner:here.example");
const ann = userId("@ann:there.example");
const eve = userId("@eve:else.example");
const clock = {
  now: () => TEST_TS + 10_000,
  monotonic: () => 0,
  sleep: () => Promise.resolve(),
};

/** The doors of here.example for one guild, and what came through them. */
async function doors(rule = "public", voucher?: UserId) {
  const guild = await SignedRoom.open([here, there], owner, rule);
  const ingested: IngestInput[] = [];
  const resident = (): ResidentRoom => {
    const authority = new Authority(
      guild.state,
      roomFacts(guild.events[0] as ControlEvent) as never,
    );
    const end = { authority, heads: [guild.events.at(-1)?.id as never] };
    return { roomId: guild.roomId, ...end, standing: () => Promise.resolve(end) };
  };
  const rooms = {
    resident: (id: string) => Promise.resolve(id === guild.roomId ? resident() : undefined),
    channelHeads: () => Promise.resolve(new Map()),
    countControl: () => Promise.resolve(guild.events.length),
  };
  const vouchers = { voucherFor: () => Promise.resolve(voucher) };
  const make = makeMembershipHandler({ rooms, vouchers, clock });
  const send = sendMembershipHandler({
    serverName: here.name,
    rooms,
    vouchers,
    ingest: {
      ingest: (input) => {
        ingested.push(input);
        return Promise.resolve([{ outcome: "soft_failed" as const }]);
      },
    },
    keys: { proofs: () => Promise.resolve([]) },
    signer: { current: () => Promise.resolve(here.signer) },
    clock,
  });
  return { guild, make, send, ingested };
}

async function event(
  guild: SignedRoom,
  fields: {
    readonly type?: string;
    readonly sender?: UserId;
    readonly stateKey?: string;
    readonly content?: JsonObject;
    readonly originTs?: number;
  },
): Promise<JsonValue> {
  const sender = fields.sender ?? ann;
  const draft = {
    type: fields.type ?? "m.room.member",
    sender,
    state_key: fields.stateKey ?? sender,
    content: fields.content ?? { membership: "join" },
  };
  const last = guild.events.at(-1) as ControlEvent;
  const built = await buildControlEvent({
    ...draft,
    stateKey: draft.state_key,
    roomId: guild.roomId,
    originTs: fields.originTs ?? TEST_TS + 10_000,
    prevEvents: [last.id],
    authEvents: selectAuthEvents(draft, guild.state),
  }, { signer: there.signer, rng: seededRng(5) });
  return built.pdu as unknown as JsonValue;
}

async function refusalOf(answer: Promise<unknown>): Promise<string> {
  const error = await answer.then(() => undefined, (thrown) => thrown);
  assert.ok(error instanceof OperationError, String(error));
  return `${error.code}: ${error.message}`;
}

Deno.test("TestCannotSendNonJoinViaSendJoinV2: only one's own join, leave or knock goes through that door", async () => {
  const { guild, send, ingested } = await doors();
  const asked = askedBy(there.name);
  const other = await SignedRoom.open([here, there], userId("@x:here.example"), "knock");
  const forged: readonly [string, JsonValue][] = [
    ["a ban", await event(guild, { content: { membership: "ban" } })],
    ["an invite", await event(guild, { content: { membership: "invite" } })],
    ["another's leave", await event(guild, { stateKey: eve, content: { membership: "leave" } })],
    [
      "a role table",
      await event(guild, {
        type: "m.guild.roles",
        stateKey: "",
        content: { everyone: "0", roles: {} },
      }),
    ],
    ["a user of another server", await event(guild, { sender: eve })],
    ["an event of another room", await event(other, {})],
    ["no event", { type: "m.room.member" }],
    ["nothing", null],
  ];
  const answers = new Set<string>();
  for (const [what, pdu] of forged) {
    answers.add(await refusalOf(send.answer(asked, { room_id: guild.roomId, pdu })));
    assert.deepEqual(ingested, [], what);
  }
  answers.add(
    await refusalOf(send.answer(asked, { room_id: other.roomId, pdu: await event(other, {}) })),
  );
  assert.equal(answers.size, 1, "every no is the same, byte for byte");
});

Deno.test("TestBannedUserCannotSendJoin: what soft-fails here is refused", async () => {
  const { guild, make, send, ingested } = await doors();
  await guild.member(owner, ann, { membership: "ban" });
  const asked = askedBy(there.name);
  const made = await refusalOf(
    make.answer(asked, { room_id: guild.roomId, user: ann, membership: "join" }),
  );
  const sent = await refusalOf(
    send.answer(asked, { room_id: guild.roomId, pdu: await event(guild, {}) }),
  );
  assert.equal(ingested.length, 1);
  assert.equal(made, sent);
});

Deno.test("a voucher's signature is given for a join of now alone, and only where the custodian says yes", async () => {
  const joined = { membership: "join", authorised_via: owner };
  const asked = askedBy(there.name);
  const cases = [
    { voucher: owner, at: TEST_TS + 10_000, signed: true },
    { voucher: undefined, at: TEST_TS + 10_000, signed: false },
    { voucher: owner, at: TEST_TS - 3_600_000, signed: false },
    { voucher: owner, at: TEST_TS + 3_600_000, signed: false },
  ];
  for (const { voucher, at, signed } of cases) {
    const { guild, send, ingested } = await doors("restricted", voucher);
    const pdu = await event(guild, { content: joined, originTs: at });
    await refusalOf(send.answer(asked, { room_id: guild.roomId, pdu }));
    const handed = ingested[0]?.pdus[0] as { signatures?: Record<string, unknown> } | undefined;
    assert.equal(handed?.signatures?.[here.name] !== undefined, signed);
  }
});

Deno.test("an invite is taken from the inviter's own server, for one of ours, with the create event that proves it", async () => {
  const guild = await SignedRoom.open([there, here], userId("@olga:there.example"));
  const received: ReceivedInvite[] = [];
  const bea = userId("@bea:here.example");
  const entries = new Map([
    [keyNameText({ server: there.name, keyId: there.signer.keyId }), there.entry],
  ]);
  const handler = inviteHandler({
    serverName: here.name,
    keys: { obtain: () => Promise.resolve(entries) },
    verifier: new StrictVerifier(),
    desk: { receive: (invite) => Promise.resolve(void received.push(invite)) },
  });
  const invite = await guild.member(
    userId("@olga:there.example"),
    bea,
    { membership: "invite" },
  );
  const [create] = guild.pdus();
  const other = await SignedRoom.open([there], userId("@y:there.example"), "invite");
  const pdu = invite.pdu as unknown as JsonValue;
  const ask = (fields: Record<string, unknown>, origin: ServerName = there.name) =>
    handler.answer(askedBy(origin), {
      room_id: guild.roomId,
      pdu,
      state: [create as JsonValue],
      keys: [],
      servers: [],
      ...fields,
    });
  const bad = [
    ask({}, "else.example" as ServerName),
    ask({ state: other.pdus().slice(0, 1) }),
    ask({ state: [] }),
    ask({ room_id: other.roomId }),
    ask({ pdu: guild.pdus()[2] }),
    ask({ pdu: { ...invite.pdu, content: { membership: "invite", kind: "bot" } } }),
  ];
  for (const answer of bad) await refusalOf(answer);
  assert.equal(received.length, 0);
  await ask({});
  assert.equal(received[0]?.event.id, invite.id);
});
