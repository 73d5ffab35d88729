import type { JsonObject } from "../../../core/event/json.ts";
import { readContent } from "../../../core/event/kinds/kind.ts";
import { type MessageContent, messageKind } from "../../../core/event/kinds/message.ts";
import { isSaid } from "../../../core/event/said.ts";
import { pollOf, pollWords } from "../../../core/rules/polls.ts";
import type { Has } from "../../../core/search/query.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import { contentOfRow } from "../messages/project_messages.ts";
import type { SearchDocument } from "./message_index.ts";

const LINK = /\bhttps?:\/\/\S/i;
/** Media that have a filter of their own; every file has `has:file`. */
const MEDIA = ["image", "video", "audio"] as const;

/** What of a message can be found; undefined: nothing, as of edits, sealed and deleted ones. */
export function documentOf(
  row: StoredEvent,
  { edit, mentions }: {
    readonly edit: { readonly id: string; readonly content: JsonObject } | undefined;
    readonly mentions: readonly string[];
  },
): SearchDocument | undefined {
  if (!isSaid(row.type) || row.outcome !== "accepted") return undefined;
  if (row.redactedBy !== undefined || row.channelId === undefined || row.order === undefined) {
    return undefined;
  }
  const found = foundIn(row.type, contentOfRow(row), edit?.content);
  return found && {
    roomId: row.roomId,
    eventId: row.eventId,
    channelId: row.channelId,
    sender: row.sender,
    order: row.order,
    hash: row.hash,
    textFrom: edit?.id ?? row.eventId,
    ...found,
    mentions,
  };
}

function foundIn(
  type: string,
  content: JsonObject | undefined,
  edit: JsonObject | undefined,
): Pick<SearchDocument, "text" | "has"> | undefined {
  if (content === undefined) return undefined;
  const poll = pollOf({ type, content });
  if (poll !== undefined) return { text: pollWords(poll), has: ["poll"] };
  const original = type === messageKind.type ? readContent(messageKind, content) : undefined;
  if (original === undefined || original.msgtype === "sealed") return undefined;
  if (original.relates_to?.kind === "edit") return undefined;
  const shown = edit === undefined ? original : readContent(messageKind, edit) ?? original;
  return { text: textOf(shown, original), has: hasOf(shown, original) };
}

/** An edit changes the body alone: files and embeds stay those of the message. */
function textOf(shown: MessageContent, original: MessageContent): string {
  return [
    shown.body,
    ...(original.media ?? []).flatMap((file) => [file.name ?? "", file.alt ?? ""]),
    ...(original.embeds ?? []).flatMap((embed) => [embed.title ?? "", embed.description ?? ""]),
  ].join("\n");
}

function hasOf(shown: MessageContent, original: MessageContent): Has[] {
  const media = original.media ?? [];
  return [
    ...(media.length > 0 ? ["file" as const] : []),
    ...MEDIA.filter((kind) => media.some((file) => file.type.startsWith(`${kind}/`))),
    ...(LINK.test(shown.body) ? ["link" as const] : []),
  ];
}
