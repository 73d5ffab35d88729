import type { JsonObject, JsonValue } from "./json.ts";

/** What redaction leaves of a content. PROTOCOL.md 6. */
export type KeepRule = "all" | "all_but_reason" | "relation";

/** Control types whose content survives; every other control type keeps nothing. */
const KEEP_OF_TYPE: ReadonlyMap<string, KeepRule> = new Map([
  ["m.room.create", "all"],
  ["m.guild.owner", "all"],
  ["m.guild.roles", "all"],
  ["m.guild.member_roles", "all"],
  ["m.room.timeout", "all"],
  ["m.channel.policy", "all"],
  ["m.room.join_rules", "all"],
  ["m.room.history_visibility", "all"],
  ["m.room.server_acl", "all"],
  ["m.room.tombstone", "all"],
  ["m.room.encryption", "all"],
  ["m.room.member", "all_but_reason"],
  ["m.redaction", "all_but_reason"],
  ["m.purge", "all_but_reason"],
]);

/** The rule for a type on its plane; undefined: nothing is kept. */
export function keepRuleOf(type: string, timeline: boolean): KeepRule | undefined {
  return KEEP_OF_TYPE.get(type) ?? (timeline ? "relation" : undefined);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function keepRelation(content: JsonObject): JsonObject {
  const relation = content["relates_to"];
  if (!isObject(relation)) return {};
  const { kind, event_id: eventId } = relation;
  if (typeof kind !== "string" || typeof eventId !== "string") return {};
  return { relates_to: { kind, event_id: eventId } };
}

/**
 * The part of a content that its event's hash covers directly and that redaction never removes.
 * Total over all og-jcs objects, and applying it twice changes nothing. PROTOCOL.md 6 (keep).
 */
export function keep(
  part: { readonly type: string; readonly content: JsonObject; readonly timeline: boolean },
): JsonObject {
  switch (keepRuleOf(part.type, part.timeline)) {
    case "all":
      return part.content;
    case "all_but_reason": {
      if (!Object.hasOwn(part.content, "reason")) return part.content;
      const { reason: _dropped, ...rest } = part.content;
      return rest;
    }
    case "relation":
      return keepRelation(part.content);
    case undefined:
      return {};
  }
}
