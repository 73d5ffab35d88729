import type { JsonObject } from "../event/json.ts";
import { EVERYONE } from "../ids/role_id.ts";
import { holds, type Right } from "./bits.ts";
import { parseChannelPolicy } from "./channel_policy.ts";
import type { ExplainStep } from "./explain.ts";
import { parseRolesTable } from "./roles_table.ts";

/**
 * Whether a content of the deciding event's kind says what the step says: the roles table and a
 * channel's policy carry everything at once, so that the newest of them need not be the one that
 * made it so. Undefined for steps that rest on an event as a whole, or on none.
 */
export function saysSo(step: ExplainStep, right: Right, content: JsonObject): boolean | undefined {
  const asked = step.cause === "hidden"
    ? "VIEW_CHANNEL"
    : step.cause === "administrator"
    ? "ADMINISTRATOR"
    : right;
  if (step.entry !== undefined) {
    const entry = parseChannelPolicy(content)?.entries.get(step.entry);
    return entry !== undefined && holds(entry[step.effect], asked);
  }
  if (step.role === undefined) return undefined;
  const table = parseRolesTable(content);
  const bits = step.role === EVERYONE ? table?.everyone : table?.roles.get(step.role)?.bits;
  return bits !== undefined && holds(bits, asked);
}
