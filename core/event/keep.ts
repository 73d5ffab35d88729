import { parseEventId } from "../ids/event_id.ts";
import type { JsonObject, JsonValue } from "./json.ts";

/** What redaction leaves of a content. PROTOCOL.md 6. */
export type KeepRule = "all" | "fields" | "relation";

/**
 * Control types whose content survives, by the names of the fields: what is kept can never be
 * deleted again, so a `reason`, which any event may carry, and fields that are not listed are not
 * kept. Of m.room.create the list is closed, so it is kept whole. Other control types keep nothing.
 */
const KEPT: ReadonlyMap<string, "all" | readonly string[]> = new Map<
  string,
  "all" | readonly string[]
>([
  ["m.room.create", "all"],
  ["m.guild.owner", ["user"]],
  ["m.guild.roles", ["everyone", "roles"]],
  ["m.guild.member_roles", ["roles"]],
  ["m.room.timeout", ["until"]],
  ["m.member.stay", ["until"]],
  ["m.channel.policy", ["kind", "parent", "closed", "entries"]],
  ["m.room.join_rules", ["rule", "allow"]],
  ["m.room.history_visibility", ["visibility"]],
  ["m.room.server_acl", ["allow", "deny", "allow_ip_literals"]],
  ["m.room.tombstone", ["closed", "replacement"]],
  ["m.room.encryption", ["algorithm"]],
  [
    "m.room.member",
    [
      "membership",
      "kind",
      "channel",
      "identity",
      "authorised_via",
      "link",
      "until",
      "expires",
    ],
  ],
  ["m.redaction", ["redacts"]],
  ["m.purge", ["user", "channel_id", "from_ts", "to_ts"]],
]);

/** The rule for a type on its plane; undefined: nothing is kept. */
export function keepRuleOf(type: string, timeline: boolean): KeepRule | undefined {
  const kept = KEPT.get(type);
  if (kept === undefined) return timeline ? "relation" : undefined;
  return kept === "all" ? "all" : "fields";
}

const RELATION_KIND = /^[a-z0-9._-]{1,32}$/;

/**
 * The part of `relates_to` that survives redaction, or undefined without a well-formed one:
 * whatever decides about an event by its relation must read it here, so that a redacted copy
 * answers the same. PROTOCOL.md 6.
 */
export function keptRelation(
  content: JsonObject,
): { readonly kind: string; readonly event_id: string } | undefined {
  const relation = Object.hasOwn(content, "relates_to") ? content["relates_to"] : undefined;
  if (typeof relation !== "object" || relation === null || Array.isArray(relation)) {
    return undefined;
  }
  const { kind, event_id } = relation as Readonly<Record<string, JsonValue>>;
  if (typeof kind !== "string" || !RELATION_KIND.test(kind)) return undefined;
  if (typeof event_id !== "string" || parseEventId(event_id) === undefined) return undefined;
  return { kind, event_id };
}

function pick(content: JsonObject, names: readonly string[]): JsonObject {
  const kept: Record<string, JsonValue> = {};
  for (const name of names) {
    const value = Object.hasOwn(content, name) ? content[name] : undefined;
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** A content with what decides its keeping. */
export interface KeepPart {
  readonly type: string;
  readonly content: JsonObject;
  readonly timeline: boolean;
}

/**
 * The part of a content that its event's hash covers directly and that redaction never removes.
 * Total over all og-jcs objects, and applying it twice changes nothing. PROTOCOL.md 6 (keep).
 */
export function keep({ type, content, timeline }: KeepPart): JsonObject {
  const kept = KEPT.get(type);
  if (kept === "all") return content;
  if (kept !== undefined) return pick(content, kept);
  const relation = timeline ? keptRelation(content) : undefined;
  return relation === undefined ? {} : { relates_to: relation };
}
