import type { EventId } from "../ids/event_id.ts";
import { type HeldEvent, isTimelineEvent, type TimelineEvent } from "./event.ts";
import type { JsonObject } from "./json.ts";
import { keep } from "./keep.ts";
import { kindOf } from "./kinds.ts";
import { readContent } from "./kinds/kind.ts";
import { purgeKind } from "./kinds/purge.ts";
import { redactionKind } from "./kinds/redaction.ts";
import { relationOf } from "./relation.ts";

export interface RedactionContext {
  /**
   * Whether the redaction's sender holds, in the redaction's own state, MANAGE_MESSAGES in its
   * channel (for a control redaction: MANAGE_GUILD). Asked only where it matters.
   */
  readonly mayManage: () => boolean;
  /** Where `event` is an edit: the event it edits, if that is held. */
  readonly edited?: HeldEvent | undefined;
}

/** What an event says after redaction too: effects never depend on more. */
function keptOf({ pdu }: HeldEvent): JsonObject {
  return keep({ type: pdu.type, content: pdu.content, timeline: "channel_id" in pdu });
}

/** The ids a redaction names, or none where its content is malformed. */
export function redactedIds(redaction: HeldEvent): readonly EventId[] {
  if (redaction.pdu.type !== redactionKind.type) return [];
  return readContent(redactionKind, keptOf(redaction))?.redacts ?? [];
}

/**
 * Whether an accepted redaction covers an event that is held. Order of arrival does not matter,
 * a redacted redaction stays applied, and one target that fails harms no other. A redaction of an
 * event covers that sender's edits of it too. PROTOCOL.md 6.
 */
export function redactionCovers(
  redaction: HeldEvent,
  event: HeldEvent,
  context: RedactionContext,
): boolean {
  if (!samePlace(redaction, event) || isAuthority(event.pdu.type)) return false;
  const named = redactedIds(redaction);
  if (!named.includes(event.id) && !editsOneOf(named, event, context.edited)) return false;
  return redaction.pdu.sender === event.pdu.sender || context.mayManage();
}

function editsOneOf(
  named: readonly EventId[],
  event: HeldEvent,
  edited: HeldEvent | undefined,
): boolean {
  if (edited === undefined || !named.includes(edited.id) || !samePlace(event, edited)) return false;
  const relation = relationOf(event.pdu);
  return relation?.kind === "edit" && relation.eventId === edited.id &&
    edited.pdu.sender === event.pdu.sender && !isAuthority(edited.pdu.type);
}

/** The event that an edit names, to be passed as `edited`; undefined for all that is no edit. */
export function editedIdOf(event: HeldEvent): EventId | undefined {
  const relation = isTimelineEvent(event) ? relationOf(event.pdu) : undefined;
  return relation?.kind === "edit" ? relation.eventId : undefined;
}

function samePlace(redaction: HeldEvent, event: HeldEvent): boolean {
  if (redaction.roomId !== event.roomId || redaction.id === event.id) return false;
  if (isTimelineEvent(redaction)) {
    return isTimelineEvent(event) && redaction.pdu.channel_id === event.pdu.channel_id;
  }
  return !isTimelineEvent(event);
}

/** Whether redaction never covers a type: authority, and the settings kept whole. */
export function isAuthority(type: string): boolean {
  return kindOf(type)?.authority === true;
}

/** Whether an accepted purge covers an event, whenever it arrives. PROTOCOL.md 6. */
export function purgeCovers(purge: HeldEvent, event: HeldEvent): boolean {
  if (purge.pdu.type !== purgeKind.type || purge.roomId !== event.roomId) return false;
  if (!isTimelineEvent(event)) return false;
  const content = readContent(purgeKind, keptOf(purge));
  if (content === undefined || content.to_ts > purge.pdu.origin_ts) return false;
  return event.pdu.sender === content.user &&
    (content.channel_id === undefined || content.channel_id === event.pdu.channel_id) &&
    event.pdu.origin_ts >= content.from_ts && event.pdu.origin_ts <= content.to_ts;
}

/** Whether an edit counts: the same room, channel and sender as its target, which is no edit itself. PROTOCOL.md 6. */
export function editCounts(edit: TimelineEvent, target: TimelineEvent): boolean {
  const relation = relationOf(edit.pdu);
  return relation?.kind === "edit" && relation.eventId === target.id &&
    edit.roomId === target.roomId && edit.pdu.channel_id === target.pdu.channel_id &&
    edit.pdu.sender === target.pdu.sender && edit.pdu.type === target.pdu.type &&
    relationOf(target.pdu)?.kind !== "edit";
}
