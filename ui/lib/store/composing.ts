import type { Media } from "../../../core/api/media.ts";
import type { Message, MessageMedia } from "../../../core/api/message.ts";

/** What is known of a message that is being answered; a whole message is one too. */
export type ReplyTarget = Pick<
  Message,
  "id" | "author" | "webhook" | "nickname" | "body" | "media" | "redacted"
>;

/** A file chosen for the next message of a channel. */
export interface UploadItem {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly preview: string | null;
  /** How much of it has arrived, 0 to 1. */
  readonly part: number;
  /** What the server made of it; null until it is there whole. */
  readonly media: Media | null;
  readonly error: string | null;
  /** Whether the file is still at hand, so that it can be sent again. */
  readonly again: boolean;
  readonly alt: string;
  readonly spoiler: boolean;
}

/** What a message that goes back into the box was made of. */
export interface ReturnedMessage {
  readonly key: string;
  readonly body: string;
  readonly media: readonly MessageMedia[];
  readonly reply: ReplyTarget | null;
}

/** What stays of a file when the page goes: the rest of it is with the server, or lost. */
export type DraftFile = Pick<UploadItem, "name" | "size" | "media" | "alt" | "spoiler">;

/** An unfinished message. */
export interface Draft {
  readonly text: string;
  readonly reply: ReplyTarget | null;
  readonly files: readonly DraftFile[];
}

export const EMPTY_DRAFT: Draft = { text: "", reply: null, files: [] };

/** Characters kept of a message that is being answered. */
const REPLY_CHARS = 200;

/** A draft as text; null for one with nothing in it. */
export function packDraft(draft: Draft): string | null {
  if (draft.text === "" && draft.reply === null && draft.files.length === 0) return null;
  const { reply } = draft;
  return JSON.stringify({
    text: draft.text,
    reply: reply && {
      id: reply.id,
      author: reply.author,
      nickname: reply.nickname,
      body: reply.body.slice(0, REPLY_CHARS),
      media: [],
      redacted: null,
    },
    files: draft.files.map(({ name, size, media, alt, spoiler }) => ({
      name,
      size,
      media,
      alt,
      spoiler,
    })),
  });
}

/** What `packDraft` wrote; an empty draft for anything else. */
export function unpackDraft(text: string | null): Draft {
  if (text === null) return EMPTY_DRAFT;
  try {
    const value = JSON.parse(text) as Partial<Draft> | null;
    if (typeof value?.text !== "string") return EMPTY_DRAFT;
    return {
      text: value.text,
      reply: typeof value.reply?.id === "string" && value.reply.author ? value.reply : null,
      files: Array.isArray(value.files) ? value.files : [],
    };
  } catch {
    return EMPTY_DRAFT;
  }
}
