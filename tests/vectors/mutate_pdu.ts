import type { Rng } from "../../core/ports/rng.ts";
import { eventIdFromHash } from "../../core/ids/event_id.ts";

type Loose = Record<string, unknown>;
type Chooser = Rng & { below(bound: number): number };

/** One change to a PDU. Changes may turn out to mean nothing; the caller compares meanings. */
export interface Mutant {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const encoder = new TextEncoder();

function pick<T>(rng: Chooser, list: readonly T[]): T {
  return list[rng.below(list.length)] as T;
}

const STRANGE: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  1e300,
  "",
  "x",
  "\ud800",
  "é".repeat(200),
  "a".repeat(300),
  [],
  {},
  [[]],
  { a: 1 },
  "everyone",
  "!",
  "$",
  "@:",
  "@alice:Example.com",
];

const FIELDS = [
  "type",
  "room_id",
  "sender",
  "origin_server",
  "origin_ts",
  "content",
  "salt",
  "content_hash",
  "prev_events",
  "auth_events",
  "state_refs",
  "state_key",
  "channel_id",
  "signatures",
] as const;

const LISTS = ["prev_events", "auth_events", "state_refs"] as const;

type Change = (pdu: Loose, rng: Chooser) => void;

/** Changes to the value; each leaves well-formed JSON where the writer below can write it. */
const CHANGES: Readonly<Record<string, Change>> = {
  "a field gone": (pdu, rng) => delete pdu[pick(rng, FIELDS)],
  "a field of another kind": (pdu, rng) => pdu[pick(rng, FIELDS)] = pick(rng, STRANGE),
  "a field too many": (pdu, rng) =>
    pdu[pick(rng, ["depth", "event_id", "unsigned", "hashes", "x", "channel_id", "state_key"])] =
      pick(rng, STRANGE),
  "the field of another": (pdu, rng) => pdu[pick(rng, FIELDS)] = pdu[pick(rng, FIELDS)],
  "another time": (pdu, rng) =>
    pdu["origin_ts"] = pick(rng, [0, 1_599_999_999_999, 2 ** 42, 1_790_000_000_001, -5, 1.5]),
  "another sender": (pdu, rng) =>
    pdu["sender"] = pick(rng, ["@bob:example.com", "@alice:evil.example", "@alice:example.com:1"]),
  "another server": (pdu, rng) =>
    pdu["origin_server"] = pick(rng, ["evil.example", "Example.com", "example.com."]),
  "another type": (pdu, rng) =>
    pdu["type"] = pick(rng, ["m.room.create", "m.guild.owner", "m.purge", "x y", "m.pin", "m.x"]),
  "a list reversed": (pdu, rng) => {
    const list = pdu[pick(rng, LISTS)];
    if (Array.isArray(list)) list.reverse();
  },
  "a list with one twice": (pdu, rng) => {
    const list = pdu[pick(rng, LISTS)];
    if (Array.isArray(list) && list.length > 0) list.push(list[0]);
  },
  "a list with one more or less": (pdu, rng) => {
    const list = pdu[pick(rng, LISTS)];
    if (!Array.isArray(list)) return;
    if (rng.below(2) === 0) list.pop();
    else list.push(pick(rng, [eventIdFromHash(rng.bytes(32)), "$x", 5, null]));
  },
  "a list without end": (pdu, rng) =>
    pdu[pick(rng, LISTS)] = Array.from({ length: 21 }, () => eventIdFromHash(rng.bytes(32))),
  "an id changed": (pdu, rng) => {
    const name = pick(rng, [
      "room_id",
      "channel_id",
      "content_hash",
      "salt",
      "state_key",
      "sender",
    ]);
    const text = pdu[name];
    if (typeof text !== "string") return;
    const at = rng.below(text.length + 1);
    pdu[name] = text.slice(0, at) + pick(rng, ["1", "z", "0", "l", "", " ", "é"]) +
      text.slice(at + rng.below(2));
  },
  "other content": (pdu, rng) => {
    const content = pdu["content"] as Loose;
    if (content === null || typeof content !== "object") return;
    const key = pick(rng, ["body", "reason", "relates_to", "membership", "x", "__proto__"]);
    // An assignment to __proto__ would make no key.
    Object.defineProperty(content, key, { value: pick(rng, STRANGE), enumerable: true });
  },
  "content that is huge": (pdu, rng) =>
    pdu["content"] = pick(rng, [
      { body: "x".repeat(65_600) },
      { list: new Array(5000).fill(0) },
      JSON.parse("[".repeat(40) + "]".repeat(40)),
    ]),
  "a signature changed": (pdu, rng) => {
    const signatures = pdu["signatures"] as Record<string, Record<string, string>>;
    const server = Object.keys(signatures)[0] as string;
    const named = signatures[server] as Record<string, string>;
    const name = Object.keys(named)[0] as string;
    const old = named[name] as string;
    const at = rng.below(old.length);
    named[name] = old.slice(0, at) + pick(rng, ["A", "b", "/", "=", ""]) + old.slice(at + 1);
  },
  "signatures renamed, doubled or gone": (pdu, rng) => {
    const signatures = pdu["signatures"] as Record<string, unknown>;
    const server = Object.keys(signatures)[0] as string;
    const named = signatures[server] as Record<string, string>;
    const [name, value] = Object.entries(named)[0] as [string, string];
    const forms: readonly unknown[] = [
      {},
      { [server]: {} },
      { "evil.example": named },
      { [server]: { "ed25519:8FyqfTvsqV1HMzCTqAENWY": value } },
      { [server]: { [name.replace("ed25519:", "rsa:")]: value } },
      { [server]: value },
      { ...signatures, "evil.example": { "ed25519:x": "y" } },
    ];
    pdu["signatures"] = pick(rng, forms);
  },
};

/** JSON text of any value, with what JSON.stringify would mend left broken. */
function write(value: unknown): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  const members = Object.entries(value).map(([key, member]) =>
    `${JSON.stringify(key)}:${write(member)}`
  );
  return `{${members.join(",")}}`;
}

/** Changes to the bytes: flips, cuts, additions, duplicate keys. */
function damage(text: string, rng: Chooser): Mutant {
  const kind = rng.below(5);
  if (kind === 0) {
    const key = pick(rng, FIELDS);
    return { name: "a key twice", bytes: encoder.encode(`{"${key}":null,${text.slice(1)}`) };
  }
  const bytes = encoder.encode(text);
  const at = rng.below(bytes.length);
  if (kind === 1) return { name: "cut off", bytes: bytes.subarray(0, at) };
  if (kind === 2) {
    const insert = pick(rng, ["\ufeff", "\u0000", ",", "}", "[", '"', "0", ".5"]);
    return {
      name: "a piece more",
      bytes: encoder.encode(text.slice(0, at) + insert + text.slice(at)),
    };
  }
  const flipped = bytes.slice();
  flipped[at] = (flipped[at] as number) ^ (1 << rng.below(8));
  return { name: "a bit flipped", bytes: flipped };
}

/** A mutant of a PDU's JSON text. */
export function mutatePdu(text: string, rng: Chooser): Mutant {
  if (rng.below(3) === 0) return damage(text, rng);
  const name = pick(rng, Object.keys(CHANGES));
  const pdu = JSON.parse(text) as Loose;
  CHANGES[name]?.(pdu, rng);
  return { name, bytes: encoder.encode(write(pdu)) };
}
