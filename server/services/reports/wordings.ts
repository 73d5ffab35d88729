import type { ReportedWording } from "../../../core/api/reports.ts";
import { fromBase64 } from "../../../core/e2ee/bytes.ts";
import type { SealedBody } from "../../../core/e2ee/envelope.ts";
import { OperationError } from "../../../core/errors.ts";
import type { JsonObject } from "../../../core/event/json.ts";
import { readContent } from "../../../core/event/kinds/kind.ts";
import { type MessageContent, messageKind } from "../../../core/event/kinds/message.ts";
import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { limits } from "../../../core/limits.ts";
import { pollOf, pollWords } from "../../../core/rules/polls.ts";

/** One event of a message: the first one, or an edit. */
export interface SaidEvent {
  readonly eventId: string;
  readonly type: string;
  readonly ts: number;
  readonly content: JsonObject;
}

/** Content keys by event, as a reporter's device gave them. */
export type GivenKeys = readonly { readonly event_id: string; readonly key: string }[];

interface Place {
  readonly roomId: RoomId;
  readonly channelId: ChannelId;
  readonly sender: UserId;
}

/**
 * What a reported message said, the newest wordings, oldest first. A sealed one is opened from the
 * very ciphertext that its sender's signed event carries, bound to its room, channel and sender: a
 * reporter can put no other words into it. PROTOCOL.md 12 (reports).
 * @throws OperationError `invalid` where a key does not open what it is said to be for
 */
export async function wordingsOf(
  place: Place,
  events: readonly SaidEvent[],
  keys: GivenKeys,
): Promise<{ readonly sealed: boolean; readonly wordings: ReportedWording[] }> {
  const newest = events.slice(-limits.reports.maxWordings);
  const stranger = keys.find(({ event_id }) => newest.every((one) => one.eventId !== event_id));
  if (stranger !== undefined) throw badKey(stranger.event_id);
  const wordings: ReportedWording[] = [];
  let sealed = false;
  for (const { eventId, type, ts, content } of newest) {
    const message = readContent(messageKind, content);
    const poll = pollOf({ type, content });
    const given = keys.find(({ event_id }) => event_id === eventId);
    if (message?.sealed === undefined) {
      if (given !== undefined) throw badKey(eventId);
      const files = (message?.media ?? []).map(({ name, uri }) => storable(name ?? uri));
      wordings.push({
        event_id: eventId,
        ts,
        body: storable(poll ? pollWords(poll) : message?.body ?? ""),
        files,
      });
      continue;
    }
    sealed = true;
    const said = given && await openSaid(place, message, given);
    wordings.push({ event_id: eventId, ts, body: said?.body ?? null, files: said?.files ?? [] });
  }
  return { sealed, wordings };
}

async function openSaid(
  place: Place,
  message: MessageContent,
  given: GivenKeys[number],
): Promise<Pick<ReportedWording, "files"> & { readonly body: string }> {
  const sealed = message.sealed as unknown as SealedBody;
  const contentKey = fromBase64(given.key, 32);
  const nonce = fromBase64(sealed.nonce);
  const body = fromBase64(sealed.body);
  if (contentKey === undefined || nonce === undefined || body === undefined) {
    throw badKey(given.event_id);
  }
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  const relation = message.relates_to;
  const kind = relation?.kind === "edit" ? "edit" as const : "message" as const;
  const { open } = await import("../../../core/e2ee/envelope.ts");
  const opened = open({
    sealed,
    key: { nonce, contentKey, hash, kind },
    place: { ...place, relation },
  });
  if (!opened.ok) throw badKey(given.event_id);
  const { payload } = opened;
  return {
    body: storable(payload.body ?? ""),
    files: (payload.media ?? []).map(({ name }) => storable(name)),
  };
}

/** What the database's JSON cannot hold is left out: it must not keep words from being reported. */
function storable(text: string): string {
  return text.replaceAll("\u0000", "").toWellFormed();
}

function badKey(eventId: string): OperationError {
  return new OperationError(
    "invalid",
    `The key that was given for ${
      JSON.stringify(eventId)
    } does not open it. Report the message without a key, or from a device that can read it.`,
    { details: { event_id: eventId } },
  );
}
