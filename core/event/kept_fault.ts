import { keep, type KeepPart, keepRuleOf } from "./keep.ts";
import { kindOf } from "./kinds.ts";
import { contentFault } from "./kinds/kind.ts";

/**
 * What is wrong with the content of a type whose fields redaction keeps, or undefined. Judged on
 * the kept part alone, so that every server answers the same, whether it holds the rest or not;
 * an event with a fault is rejected in step 5. PROTOCOL.md, event types.
 */
export function keptFault(part: KeepPart): string | undefined {
  const kind = kindOf(part.type);
  const rule = keepRuleOf(part.type, part.timeline);
  if (kind === undefined || rule === undefined || rule === "relation") return undefined;
  return contentFault(kind, keep(part));
}
