import type { MessageFrame, SealedReaction } from "../../../core/api/message.ts";
import type { JsonObject } from "../../../core/event/json.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import { sealedOf } from "../e2ee/sealed_content.ts";
import type { EditRow, SealedReactionRow } from "./message_rows.ts";

type SealedParts = Pick<
  MessageFrame,
  "sealed" | "sealed_event_id" | "sealed_reactions" | "unsealed"
>;

export interface SealedInput {
  readonly original: JsonObject | undefined;
  /** After the newest edit. */
  readonly current: JsonObject | undefined;
  readonly edit: EditRow | undefined;
  /** When the room's encryption was switched on, ms; undefined: it is not. */
  readonly since: number | undefined;
  readonly reactions: readonly SealedReactionRow[];
}

/** What of a message only devices can read, and whether it came readable although it should not. */
export function sealedParts(row: StoredEvent, input: SealedInput): SealedParts {
  const { original, current, edit, since, reactions } = input;
  const sealed = current && sealedOf({ type: row.type, content: current });
  // An event's time is its own server's word; its place in the channel comes from what is before it.
  const isAfter = since !== undefined &&
    ((row.order ?? 0) > since || (edit?.origin_ts ?? 0) > since);
  const isOpen = original !== undefined && sealed === undefined;
  return {
    ...(sealed === undefined ? {} : { sealed, sealed_event_id: edit?.event_id ?? row.eventId }),
    ...(reactions.length === 0 ? {} : { sealed_reactions: reactions.flatMap(viewReaction) }),
    ...(isOpen && isAfter ? { unsealed: true as const } : {}),
  };
}

function viewReaction(row: SealedReactionRow): SealedReaction[] {
  const sealed = sealedOf({ type: row.type, content: contentOf(row.pdu) });
  return sealed === undefined ? [] : [{ id: row.event_id, user_id: row.sender, sealed }];
}

function contentOf(pdu: string): JsonObject {
  return (JSON.parse(pdu) as { content: JsonObject }).content;
}
