import { compareBytes } from "../ids/compare_bytes.ts";
import { decodeBase58To16, decodeBase58To32 } from "../ids/base58.ts";
import { parseChannelId } from "../ids/channel_id.ts";
import { decodeEventId, parseEventId } from "../ids/event_id.ts";
import { parseRoomId } from "../ids/room_id.ts";
import { parseUserId, serverOf } from "../ids/user_id.ts";
import { limits } from "../limits.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { kindOf } from "./kinds.ts";
import { fitsStateKey } from "./kinds/kind.ts";

const CREATE = "m.room.create";
/** The first owner event, and memberships in a DM, have nothing to cite. PROTOCOL.md 2. */
const MAY_CITE_NOTHING: ReadonlySet<string> = new Set(["m.guild.owner", "m.room.member"]);

const COMMON = [
  "type",
  "room_id",
  "sender",
  "origin_server",
  "origin_ts",
  "content",
  "salt",
  "content_hash",
  "prev_events",
  "signatures",
];
const CONTROL_FIELDS: ReadonlySet<string> = new Set([...COMMON, "state_key", "auth_events"]);
const TIMELINE_FIELDS: ReadonlySet<string> = new Set([...COMMON, "channel_id", "state_refs"]);

const TYPE = /^[A-Za-z0-9._-]{1,255}$/;
/** What databases and logs cannot hold, or show as something else. */
// deno-lint-ignore no-control-regex -- these are what is looked for
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;
const encoder = new TextEncoder();

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * What is wrong with the shape of a PDU, or undefined: fields exactly as PROTOCOL.md 2, none
 * unknown, ids, lists, sizes and times. Contents, signatures and hashes are judged elsewhere.
 * `sealedHere`: salt and content hash were written by this process just now.
 */
export function envelopeFault(
  value: JsonValue,
  { sealedHere = false }: { readonly sealedHere?: boolean } = {},
): string | undefined {
  if (!isObject(value)) return "it is no object";
  const timeline = Object.hasOwn(value, "channel_id");
  const known = timeline ? TIMELINE_FIELDS : CONTROL_FIELDS;
  for (const name of Object.keys(value)) {
    if (!known.has(name)) return `unknown field "${name}"`;
  }
  return commonFault(value) ??
    (sealedHere ? undefined : sealFault(value)) ??
    (timeline ? timelineFault(value) : controlFault(value)) ??
    kindFault(value, timeline);
}

function commonFault(pdu: JsonObject): string | undefined {
  const { type, sender, origin_ts: ts } = pdu;
  if (typeof type !== "string" || !TYPE.test(type)) return "type is malformed";
  const user = typeof sender === "string" ? parseUserId(sender) : undefined;
  if (user === undefined) return "sender is no user id";
  if (pdu["origin_server"] !== serverOf(user)) return "origin_server is not the sender's server";
  if (typeof ts !== "number" || ts < limits.event.minTs || ts >= limits.event.maxTs) {
    return "origin_ts is out of range";
  }
  if (!isObject(pdu["content"])) return "content is no object";
  if (!isObject(pdu["signatures"])) return "signatures is no object";
  return undefined;
}

function sealFault({ salt, content_hash: hash }: JsonObject): string | undefined {
  if (salt !== undefined && (typeof salt !== "string" || decodeBase58To16(salt) === undefined)) {
    return "salt is not base58 of 16 bytes";
  }
  if (typeof hash !== "string" || decodeBase58To32(hash) === undefined) {
    return "content_hash is not base58 of 32 bytes";
  }
  return undefined;
}

function timelineFault(pdu: JsonObject): string | undefined {
  const { room_id: room, channel_id: channel } = pdu;
  if (typeof room !== "string" || parseRoomId(room) === undefined) return "room_id is malformed";
  if (typeof channel !== "string" || parseChannelId(channel) === undefined) {
    return "channel_id is malformed";
  }
  const { maxPrevEvents, maxStateRefs } = limits.event;
  return listFault("prev_events", pdu["prev_events"], { min: 0, max: maxPrevEvents }) ??
    listFault("state_refs", pdu["state_refs"], { min: 1, max: maxStateRefs });
}

function controlFault(pdu: JsonObject): string | undefined {
  const { type, room_id: room, state_key: stateKey } = pdu;
  const isCreate = type === CREATE;
  if (isCreate) {
    if (room !== undefined) return "a create event has no room_id";
  } else if (typeof room !== "string" || parseRoomId(room) === undefined) {
    return "room_id is malformed";
  }
  if (stateKey !== undefined) {
    if (typeof stateKey !== "string") return "state_key is no text";
    if (encoder.encode(stateKey).length > limits.event.maxStateKeyBytes) {
      return `state_key is longer than ${limits.event.maxStateKeyBytes} bytes`;
    }
    if (CONTROL_CHARACTER.test(stateKey)) return "state_key holds a control character";
  } else if (kindOf(type as string)?.stateKey !== "none") {
    return "a control event without state_key";
  }
  const { maxPrevEvents, maxAuthEvents } = limits.event;
  const prev = isCreate ? { min: 0, max: 0 } : { min: 1, max: maxPrevEvents };
  const auth = isCreate
    ? { min: 0, max: 0 }
    : { min: MAY_CITE_NOTHING.has(type as string) ? 0 : 1, max: maxAuthEvents };
  return listFault("prev_events", pdu["prev_events"], prev) ??
    listFault("auth_events", pdu["auth_events"], auth);
}

/** Known types appear on their own plane alone and with the state key they are defined with. */
function kindFault(pdu: JsonObject, timeline: boolean): string | undefined {
  const kind = kindOf(pdu["type"] as string);
  if (kind === undefined) return undefined;
  if (kind.plane !== "both" && (kind.plane === "timeline") !== timeline) {
    return `${kind.type} is no ${timeline ? "timeline" : "control"} event`;
  }
  if (!timeline && !fitsStateKey(kind.stateKey, pdu["state_key"] as string | undefined)) {
    return `${kind.type} with a state_key that is not of its kind`;
  }
  if (kind.type === "m.merge" && (pdu["prev_events"] as readonly JsonValue[]).length < 2) {
    return "m.merge of fewer than two heads";
  }
  return undefined;
}

function listFault(
  name: string,
  value: JsonValue | undefined,
  { min, max }: { min: number; max: number },
): string | undefined {
  if (!Array.isArray(value)) return `${name} is no list`;
  if (value.length < min || value.length > max) {
    return `${name} has ${value.length} items, ${min} to ${max} are allowed`;
  }
  const [only] = value;
  if (value.length === 1 && typeof only === "string") {
    return parseEventId(only) === undefined ? `${name} holds what is no event id` : undefined;
  }
  let last: Uint8Array | undefined;
  for (const item of value) {
    const hash = typeof item === "string" ? decodeEventId(item) : undefined;
    if (hash === undefined) return `${name} holds what is no event id`;
    if (last !== undefined && compareBytes(last, hash) >= 0) {
      return `${name} is not sorted by raw hash, or holds an id twice`;
    }
    last = hash;
  }
  return undefined;
}
