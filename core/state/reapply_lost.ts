import { authorise } from "../auth/authorise.ts";
import type { JudgedControl } from "../auth/judged.ts";
import type { ControlEvent } from "../event/event.ts";
import type { JsonObject, JsonValue } from "../event/json.ts";
import type { EventId } from "../ids/event_id.ts";
import type { Authority } from "../permissions/authority.ts";
import { formatBits, parseBits } from "../permissions/bits.ts";
import { isObject } from "../permissions/is_object.ts";
import type { StateView } from "./state_map.ts";

export interface LostMerge {
  /** Our own accepted state event that the resolved state does not hold. */
  readonly lost: ControlEvent;
  /** The state before it: what it was a change of. */
  readonly before: Pick<StateView, "get">;
  /** Authority over the resolved state. */
  readonly resolved: Authority;
  /** Heads on which the new event will stand, and its time. */
  readonly heads: readonly EventId[];
  readonly nowMs: number;
}

/**
 * What a server sends, once, when its own accepted state event lost a merge: the change it
 * made, applied to the resolved state. Undefined where that holds the change already, or where
 * the sender may no longer make it. PROTOCOL.md 4.
 */
export function reapplyLost(merge: LostMerge): JudgedControl | undefined {
  const { pdu, id } = merge.lost;
  if (pdu.state_key === undefined || pdu.type === "m.room.create") return undefined;
  const resolved = merge.resolved.view.get(pdu.type, pdu.state_key);
  if (resolved?.id === id) return undefined;
  const before = merge.before.get(pdu.type, pdu.state_key)?.pdu.content;
  const content = mergeContent(merge, { before, theirs: resolved?.pdu.content, mine: pdu.content });
  if (resolved !== undefined && sameJson(content, resolved.pdu.content)) return undefined;
  const draft: JudgedControl = {
    type: pdu.type,
    sender: pdu.sender,
    state_key: pdu.state_key,
    origin_ts: merge.nowMs,
    prev_events: merge.heads,
    content,
  };
  return authorise(draft, merge.resolved).ok ? draft : undefined;
}

interface Contents {
  readonly before: JsonObject | undefined;
  readonly theirs: JsonObject | undefined;
  readonly mine: JsonObject;
}

function mergeContent({ lost, resolved }: LostMerge, contents: Contents): JsonObject {
  const { before, theirs, mine } = contents;
  switch (lost.pdu.type) {
    case "m.guild.roles":
      return theirs === undefined ? mine : mergeRoles({ before: before ?? {}, theirs, mine });
    case "m.channel.policy":
      return theirs === undefined ? mine : mergePolicy({ before: before ?? {}, theirs, mine });
    case "m.guild.member_roles":
      return mergeMemberRoles(contents, resolved.table().roles);
    case "m.room.member":
    case "m.guild.owner":
    case "m.room.timeout":
    case "m.member.stay":
      return mine;
    default:
      return theirs === undefined ? mine : mergeFields({ before: before ?? {}, theirs, mine });
  }
}

interface Three {
  readonly before: JsonObject;
  readonly theirs: JsonObject;
  readonly mine: JsonObject;
}

/** Fields that mine changed, over theirs. */
function mergeFields({ before, theirs, mine }: Three): JsonObject {
  const merged: Record<string, JsonValue> = { ...theirs };
  for (const name of new Set([...Object.keys(before), ...Object.keys(mine)])) {
    if (sameJson(before[name], mine[name])) continue;
    const value = mine[name];
    if (value === undefined) delete merged[name];
    else merged[name] = value;
  }
  return merged;
}

/** Bits that mine set or cleared, over theirs. */
function mergeBits(before: unknown, theirs: unknown, mine: unknown): string {
  const old = parseBits(before) ?? 0n;
  const now = parseBits(mine) ?? 0n;
  return formatBits(((parseBits(theirs) ?? 0n) & ~(old & ~now)) | (now & ~old));
}

function mergeRoles({ before, theirs, mine }: Three): JsonObject {
  const old = fieldsAt(before, "roles");
  const now = fieldsAt(mine, "roles");
  const roles = fieldsAt(theirs, "roles");
  for (const role of new Set([...old.keys(), ...now.keys()])) {
    const was = old.get(role);
    const value = now.get(role);
    if (sameJson(was, value)) continue;
    const known = roles.get(role);
    if (value === undefined) roles.delete(role);
    else if (was === undefined || known !== undefined) {
      roles.set(role, mergeRole(was, known ?? value, value));
    }
  }
  return {
    everyone: mergeBits(before["everyone"], theirs["everyone"], mine["everyone"]),
    roles: Object.fromEntries(roles),
  };
}

function mergeRole(before: JsonValue | undefined, theirs: JsonValue, mine: JsonValue): JsonValue {
  if (!isObject(theirs) || !isObject(mine)) return mine;
  const old = isObject(before) ? before : {};
  const { position } = mergeFields({ before: old, theirs, mine });
  return {
    position: position ?? 1,
    bits: mergeBits(old["bits"], theirs["bits"], mine["bits"]),
  };
}

function mergePolicy(three: Three): JsonObject {
  const old = entriesOf(three.before);
  const now = entriesOf(three.mine);
  const entries = entriesOf(three.theirs);
  for (const target of new Set([...old.keys(), ...now.keys()])) {
    if (sameJson(old.get(target), now.get(target))) continue;
    const was = old.get(target) ?? {};
    const theirs = entries.get(target) ?? {};
    const mine = now.get(target);
    if (mine === undefined) entries.delete(target);
    else {
      entries.set(target, {
        target,
        allow: mergeBits(was["allow"], theirs["allow"], mine["allow"]),
        deny: mergeBits(was["deny"], theirs["deny"], mine["deny"]),
      });
    }
  }
  const sorted = [...entries].sort(([a], [b]) => a < b ? -1 : 1).map(([, entry]) => entry);
  return { ...mergeFields(three), entries: sorted };
}

/** Roles given and taken, over those in the resolved list; ids the table no longer has are left out. */
function mergeMemberRoles(
  { before, theirs, mine }: Contents,
  known: ReadonlyMap<string, unknown>,
): JsonObject {
  const old = new Set(textsAt(before, "roles"));
  const now = new Set(textsAt(mine, "roles"));
  const merged = new Set(textsAt(theirs, "roles"));
  for (const role of now) if (!old.has(role)) merged.add(role);
  for (const role of old) if (!now.has(role)) merged.delete(role);
  return { roles: [...merged].filter((role) => known.has(role)).sort() };
}

/** As a map, so that a role called `constructor` is no surprise. */
function fieldsAt(content: JsonObject, name: string): Map<string, JsonValue> {
  const value = content[name];
  return new Map(isObject(value) ? Object.entries(value) : []);
}

function textsAt(content: JsonObject | undefined, name: string): string[] {
  const value = content?.[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function entriesOf(content: JsonObject): Map<string, JsonObject> {
  const listed = content["entries"];
  const entries = new Map<string, JsonObject>();
  for (const item of Array.isArray(listed) ? listed : []) {
    if (!isObject(item)) continue;
    const target = item["target"];
    if (typeof target === "string") entries.set(target, item);
  }
  return entries;
}

/** Equality of JSON values, whatever the order of keys. */
function sameJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length &&
      a.every((item, index) => sameJson(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => sameJson(a[key], b[key]));
}
