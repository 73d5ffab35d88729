import type { ControlEvent } from "../../core/event/event.ts";
import type { JsonObject } from "../../core/event/json.ts";

/**
 * Reads of cosmetic contents. They come from any server, so a field of another type
 * counts as absent: a strange name must never stop a guild from being shown.
 */
export function textOf(content: JsonObject | undefined, field: string): string | null {
  const value = content?.[field];
  return typeof value === "string" && value !== "" ? value : null;
}

export function integerOf(content: JsonObject | undefined, field: string): number {
  const value = content?.[field];
  return typeof value === "number" ? value : 0;
}

export function flagOf(content: JsonObject | undefined, field: string): boolean {
  return content?.[field] === true;
}

/** The content, or undefined once it was redacted. */
export function contentOf(event: ControlEvent | undefined): JsonObject | undefined {
  return event === undefined || event.withheld ? undefined : event.pdu.content;
}
