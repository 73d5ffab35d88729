import type { HeldEvent } from "../../core/event/event.ts";
import type { JsonObject, JsonValue } from "../../core/event/json.ts";
import type { EventSigner } from "../../core/event/sign.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import { type EventId, eventIdFromHash } from "../../core/ids/event_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { type Random } from "../state/random.ts";
import { type Draft, forge, type ShadowRoom, wire } from "./shadow_room.ts";

/** What a hostile server knows and wants when it makes something up. */
export interface Malice {
  readonly room: ShadowRoom;
  /** Another room of its own making, to cite from. */
  readonly elsewhere: ShadowRoom;
  readonly signer: EventSigner;
  readonly self: string;
  /** Its own users. */
  readonly users: readonly UserId[];
  /** Users of everybody. */
  readonly people: readonly UserId[];
  readonly channels: readonly ChannelId[];
  readonly nowMs: number;
  readonly random: Random;
}

/** PDUs to be sent together: to all, or only to some. */
export interface Volley {
  readonly pdus: readonly JsonValue[];
  /** In the place of `pdus`, for half of the servers: two stories. */
  readonly others?: readonly JsonValue[];
  /** Only some servers get it. */
  readonly withheld?: boolean;
}

export type Attack = (malice: Malice) => Promise<Volley>;

const HOUR_MS = 3_600_000;

function randomId({ random }: Malice): EventId {
  return eventIdFromHash(Uint8Array.from({ length: 32 }, () => random.below(256)));
}

/** Makes an event, and remembers it as known: later ones may stand on it. */
async function make(malice: Malice, draft: Omit<Draft, "ts"> & { ts?: number }) {
  const event = await malice.room.build({ ts: malice.nowMs, ...draft }, malice.signer);
  malice.room.learn(event);
  return event;
}

/** An ancestor of today: what was known a while ago. */
function oldHeads({ room, random }: Malice): EventId[] {
  const known = room.control();
  const at = Math.max(0, known.length - 1 - random.below(8));
  return [known[at]?.id as EventId];
}

function member(membership: string, target: UserId): Omit<Draft, "ts" | "sender"> {
  return { type: "m.room.member", stateKey: target, content: { membership } };
}

/** Something that only people of rank may do. */
function greedy(malice: Malice, sender: UserId): Omit<Draft, "ts"> {
  const { random, people, room } = malice;
  const victim = random.pick(people);
  const everything = "1ffffffff";
  const wishes: readonly Omit<Draft, "ts">[] = [
    { type: "m.guild.owner", sender, stateKey: "", content: { user: sender } },
    { type: "m.guild.member_roles", sender, stateKey: sender, content: { roles: ["high"] } },
    {
      type: "m.guild.roles",
      sender,
      stateKey: "",
      content: { everyone: everything, roles: { high: { position: 1000, bits: everything } } },
    },
    { ...member("ban", victim), sender },
    { ...member("leave", victim), sender },
    { type: "m.room.join_rules", sender, stateKey: "", content: { rule: "invite" } },
    {
      type: "m.channel.policy",
      sender,
      stateKey: random.pick(malice.channels),
      content: { kind: "text", closed: true, entries: [] },
    },
    {
      type: "m.room.server_acl",
      sender,
      stateKey: "",
      content: {
        allow: ["*"],
        deny: [victim.slice(victim.indexOf(":") + 1)],
        allow_ip_literals: false,
      },
    },
    {
      type: "m.purge",
      sender,
      content: { user: victim, from_ts: malice.nowMs - HOUR_MS, to_ts: malice.nowMs },
    },
    {
      type: "m.room.tombstone",
      sender,
      stateKey: "",
      content: { closed: true, replacement: room.roomId },
    },
  ];
  return random.pick(wishes);
}

function say(malice: Malice, sender: UserId): Omit<Draft, "ts"> {
  const body = `hostile ${malice.random.next()}`;
  const channelId = malice.random.pick(malice.channels);
  return { type: "m.room.message", sender, channelId, content: { msgtype: "text", body } };
}

const someone = ({ random, users }: Malice) => random.pick(users);
const pdusOf = (events: readonly HeldEvent[]): Volley => ({ pdus: events.map(wire) });

/** Every way of breaking the rules, by name. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  /** Rights taken, on what is now and on what once was. */
  "beyond rights": async (malice) => pdusOf([await make(malice, greedy(malice, someone(malice)))]),
  "beyond rights, in the past": async (malice) =>
    pdusOf([
      await make(malice, {
        ...greedy(malice, someone(malice)),
        prev: oldHeads(malice),
        ts: malice.nowMs - malice.random.below(HOUR_MS),
      }),
    ]),
  /** The honest form of an act, in another's name: the signature is not that one's server's. */
  "in another's name": async (malice) => {
    const victim = malice.random.pick(malice.people);
    const event = await malice.room.build(
      { ...greedy(malice, victim), ts: malice.nowMs },
      malice.signer,
    );
    return { pdus: [await forge(event.pdu, {}, { [event.pdu.origin_server]: malice.signer })] };
  },
  "backdated": async (malice) =>
    pdusOf([
      await make(malice, {
        ...member("leave", malice.random.pick(malice.people)),
        sender: someone(malice),
        prev: oldHeads(malice),
        ts: malice.nowMs - malice.random.below(24 * HOUR_MS),
      }),
    ]),
  "future dated": async (malice) =>
    pdusOf([
      await make(malice, {
        ...say(malice, someone(malice)),
        ts: malice.nowMs + 6 * 60_000 + malice.random.below(HOUR_MS),
      }),
    ]),
  "fork bomb": async (malice) => {
    const prev = oldHeads(malice);
    const sender = someone(malice);
    const events: HeldEvent[] = [];
    for (let count = 2 + malice.random.below(12); count > 0; count--) {
      const content: JsonObject = { nickname: `fork ${malice.random.next()}` };
      events.push(
        await make(malice, { type: "m.member.profile", sender, stateKey: sender, content, prev }),
      );
    }
    return pdusOf(events);
  },
  "two stories": async (malice) => {
    const prev = malice.room.heads().slice(0, 20);
    const sender = someone(malice);
    const story = async (name: string) =>
      await make(malice, {
        type: "m.member.profile",
        sender,
        stateKey: sender,
        content: { nickname: name },
        prev,
      });
    const [one, other] = [await story("one story"), await story("the other")];
    return { pdus: [wire(one)], others: [wire(other)] };
  },
  "withheld": async (malice) => ({
    ...pdusOf([
      await make(malice, nickname(malice, someone(malice))),
      await make(malice, say(malice, someone(malice))),
    ]),
    withheld: true,
  }),
  "authority of another room": async (malice) => {
    const sender = someone(malice);
    const foreign = malice.elsewhere.control().map(({ id }) => id);
    const chosen = malice.random.some(foreign, 0.7).slice(0, 12);
    return pdusOf([
      await make(malice, {
        ...greedy(malice, sender),
        // An event that names no authority is none that can be made.
        auth: chosen.length > 0 ? chosen : foreign.slice(0, 1),
      }),
    ]);
  },
  "parents of another room": async (malice) =>
    pdusOf([
      await make(malice, {
        ...nickname(malice, someone(malice)),
        prev: malice.elsewhere.heads(),
        auth: [],
      }).catch(() => make(malice, say(malice, someone(malice)))),
    ]),
  /** What was refused is cited, as if it stood. */
  "on top of what was refused": async (malice) => {
    const sender = someone(malice);
    const refused = await make(malice, greedy(malice, sender));
    const prev = [refused.id];
    const then = await make(malice, { ...greedy(malice, sender), prev });
    const innocent = await make(malice, { ...nickname(malice, sender), prev: [then.id] });
    return pdusOf([refused, then, innocent, refused]);
  },
  "not all authority cited": async (malice) => {
    const sender = someone(malice);
    const { pdu } = await malice.room.build(
      { ...greedy(malice, sender), ts: malice.nowMs },
      malice.signer,
    );
    const auth = "auth_events" in pdu ? malice.random.some(pdu.auth_events, 0.6) : [];
    return { pdus: [await forge(pdu, { auth_events: auth }, { [malice.self]: malice.signer })] };
  },
  "parents that nobody holds": async (malice) =>
    pdusOf([
      await make(malice, {
        ...say(malice, someone(malice)),
        prev: Array.from({ length: 20 }, () => randomId(malice)),
      }),
      await malice.room.build({
        ...nickname(malice, someone(malice)),
        ts: malice.nowMs,
        prev: [randomId(malice)],
        auth: [randomId(malice)],
      }, malice.signer),
    ]),
  "said after one was banned": async (malice) =>
    pdusOf([
      await make(malice, { ...say(malice, someone(malice)), refs: oldHeads(malice) }),
    ]),
  "what others said, taken away": async (malice) => {
    const others = [...malice.room.events.values()].filter(({ pdu }) =>
      "channel_id" in pdu && !malice.users.includes(pdu.sender)
    );
    const target = others.length === 0 ? undefined : malice.random.pick(others);
    const channelId = target !== undefined && "channel_id" in target.pdu
      ? target.pdu.channel_id
      : malice.random.pick(malice.channels);
    const id = target?.id ?? randomId(malice);
    return pdusOf([
      await make(malice, {
        type: "m.redaction",
        sender: someone(malice),
        channelId,
        content: { redacts: [id, randomId(malice)] },
      }),
      await make(malice, {
        type: "m.room.message",
        sender: someone(malice),
        channelId,
        content: {
          msgtype: "text",
          body: "words put into a mouth",
          relates_to: { kind: "edit", event_id: id },
        },
      }),
    ]);
  },
  "another content under the same id": async (malice) => {
    const { pdu } = await make(malice, say(malice, someone(malice)));
    const content = { msgtype: "text", body: "not what was hashed" };
    return { pdus: [{ ...pdu, content } as unknown as JsonValue] };
  },
  "a signature that is none": async (malice) => {
    const { pdu } = await malice.room.build(
      { ...say(malice, someone(malice)), ts: malice.nowMs },
      malice.signer,
    );
    const [[name, value]] = Object.entries(pdu.signatures[malice.self] ?? {}) as [[string, string]];
    const flipped = (value[0] === "A" ? "B" : "A") + value.slice(1);
    return { pdus: [{ ...pdu, signatures: { [malice.self]: { [name]: flipped } } } as JsonValue] };
  },
  "fields of every kind, wrong": async (malice) => {
    const { pdu } = await malice.room.build(
      { ...say(malice, someone(malice)), ts: malice.nowMs },
      malice.signer,
    );
    const wrong: readonly Record<string, unknown>[] = [
      { depth: 5 },
      { origin_ts: malice.nowMs + 0.5 },
      { prev_events: ["$x"] },
      { state_refs: [] },
      { room_id: malice.elsewhere.roomId },
      { channel_id: 7 },
      { origin_server: "elsewhere.test" },
      { content: { msgtype: "text", body: 5 } },
      { salt: undefined },
    ];
    return {
      pdus: [
        { ...pdu, ...malice.random.pick(wrong) } as JsonValue,
        null,
        [],
        "text",
      ],
    };
  },
  "merges without end": async (malice) => {
    const sender = someone(malice);
    const events: HeldEvent[] = [];
    for (let count = 0; count < 4; count++) {
      const prev = malice.room.control().slice(-2 - malice.random.below(3)).map(({ id }) => id);
      events.push(
        await malice.room.build(
          { type: "m.merge", sender, content: {}, prev, ts: malice.nowMs + count },
          malice.signer,
        ),
      );
    }
    return pdusOf(events);
  },
};

/** Something small that its sender may do. */
function nickname(malice: Malice, sender: UserId): Omit<Draft, "ts"> {
  const content = { nickname: `h${malice.random.below(1000)}` };
  return { type: "m.member.profile", sender, stateKey: sender, content };
}
