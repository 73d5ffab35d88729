import type { Message, MessageMedia } from "../../../core/api/message.ts";
import type { Sealed } from "../../../core/api/sealed.ts";
import type { SealedDraft, SealedPreview } from "../../../core/e2ee/payload.ts";
import { SealRefused } from "../../../core/e2ee/engine/types.ts";
import { mentionsIn } from "../../../core/event/mention_tokens.ts";
import type { Relation } from "../../../core/event/kinds/relation.ts";
import { ApiError } from "../api/request.ts";
import { callApi } from "../browser/browser_api.ts";
import { t } from "../i18n/t.ts";
import type { OutboxRecord } from "../store/outbox.ts";
import { CannotEncrypt } from "./client.ts";
import type { RemoteEngine } from "./remote_engine.ts";
import { withPreviews } from "./sealed_previews.ts";
import { relationTo, textEventOf } from "./sealed_text.ts";
import { type OpenedEvents, sealedMedia } from "./sealed_view.ts";

/** A message is sealed anew where the group has moved on meanwhile, this many times. */
const SEAL_TRIES = 4;
const SEND_TIMEOUT_MS = 30_000;

export interface SealedContent {
  readonly sealed: Sealed;
  readonly media: readonly string[];
}

interface Voice {
  readonly engine: Promise<RemoteEngine>;
  readonly opened: OpenedEvents;
  /** Of links in a text of one's own; none where its person has not chosen them. */
  previewsOf(
    at: { readonly roomId: string; readonly channelId: string },
    body: string,
    held?: readonly SealedPreview[],
  ): Promise<readonly SealedPreview[]>;
}

/** What sealing alone needs. */
type Sealer = Pick<Voice, "engine" | "opened">;

interface Place {
  readonly roomId: string;
  readonly channelId: string;
  readonly relation: Relation | undefined;
}

/** Whom the text names: servers are told of them, so that they are notified. */
function mentionedUsers(body: string): string[] {
  return mentionsIn(body).flatMap((token) => token.kind === "user" ? [token.id] : []);
}

/** What a message says, for sealing. */
export function draftOf(
  said: { readonly body: string; readonly media: readonly MessageMedia[] },
  excerpt?: string | null,
): SealedDraft {
  const media = said.media.map((file) => {
    const sealed = sealedMedia(file);
    if (!sealed) throw new Error(t("sealed.fileNotSealed", { name: file.name }));
    return sealed;
  });
  return {
    type: "message",
    ...(said.body === "" ? {} : { body: said.body }),
    ...(media.length === 0 ? {} : { media }),
    ...(excerpt ? { reply_excerpt: excerpt } : {}),
  } as SealedDraft;
}

function forwardPart({ forwarded }: OutboxRecord): Pick<SealedDraft, "forwarded"> {
  return forwarded ? { forwarded: forwarded as NonNullable<SealedDraft["forwarded"]> } : {};
}

/** Why it cannot be sealed now, as the outbox and the rest of the pages understand it. */
function refusal(error: unknown): unknown {
  if (error instanceof CannotEncrypt) {
    return new ApiError(409, "encrypted_room", t(`sealed.lack.${error.lack}`), { final: true });
  }
  if (!(error instanceof SealRefused)) return error;
  const { reason } = error;
  if (reason === "identity_changed" || reason === "unexpected_member") {
    return new ApiError(409, "encrypted_room", t(`sealed.refused.${reason}`), { final: true });
  }
  // It goes by itself when the conversation is ready again.
  return new ApiError(0, "offline", t("sealed.refused.later"), { unsent: true });
}

async function seal(voice: Sealer, place: Place, draft: SealedDraft): Promise<SealedContent> {
  const { roomId, channelId, relation } = place;
  try {
    const engine = await voice.engine;
    const made = await engine.ask("seal", roomId, channelId, draft, relation && { relation });
    voice.opened.expectOwn(made.sealed.nonce, draft);
    return made;
  } catch (error) {
    throw refusal(error);
  }
}

/** Whether the same words can be sealed anew and then go out: the group has moved on. */
function movedOn(error: unknown): boolean {
  return error instanceof ApiError &&
    (error.code === "stale_epoch" || error.code === "encrypted_room") && error.status === 409;
}

/** Seals, hands over what was sealed, and does so again where the group had moved on. */
export async function sealAndGive<Result>(
  voice: Sealer,
  place: Place,
  work: {
    readonly draft: SealedDraft;
    readonly former?: SealedContent | undefined;
    readonly give: (content: SealedContent) => Promise<Result>;
    readonly keep?: (content: SealedContent | undefined) => Promise<void>;
  },
): Promise<Result> {
  let content = work.former;
  for (let left = SEAL_TRIES;; left--) {
    if (!content) {
      content = await seal(voice, place, work.draft);
      // In the store before the network sees it: whatever happens, it goes out in this form alone.
      await work.keep?.(content);
    }
    try {
      return await work.give(content);
    } catch (error) {
      if (!movedOn(error) || left <= 1) throw error;
      content = undefined;
      await work.keep?.(undefined);
      await (await voice.engine).ask("sync", place.roomId);
    }
  }
}

/** Sends a message of the outbox; `keep` stores its sealed form beside it. */
export async function sendSealed(
  voice: Voice,
  record: OutboxRecord,
  keep: (content: SealedContent | undefined) => Promise<void>,
): Promise<Message> {
  const { roomId, channelId, replyTo, nonce } = record;
  const relation = replyTo ? relationTo("reply", replyTo.id) : undefined;
  // What was sealed goes out as it is.
  const previews = record.sealed ? [] : await voice.previewsOf(record, record.body);
  return await sealAndGive(voice, { roomId, channelId, relation }, {
    draft: withPreviews(
      { ...draftOf(record, replyTo?.excerpt), ...forwardPart(record) },
      previews,
    ),
    former: record.sealed,
    keep,
    give: ({ sealed, media }) =>
      callApi("sendMessage", {
        params: { room_id: roomId },
        body: {
          channel_id: channelId,
          sealed,
          media: media.map((uri) => ({ uri })),
          reply_to: replyTo?.id ?? null,
          // Who is named in a copy was named elsewhere.
          allowed_mentions: record.forwarded
            ? { users: [], replied_user: false }
            : { users: mentionedUsers(record.body), replied_user: true },
          nonce,
        },
        timeoutMs: SEND_TIMEOUT_MS,
      }),
  });
}

/** Gives a message another text. Its files stay what they were. */
export async function editSealed(voice: Voice, message: Message, body: string): Promise<Message> {
  const { room_id: roomId, channel_id: channelId, id } = message;
  const relation = relationTo("edit", id);
  const held = voice.opened.payload(textEventOf(message))?.previews;
  const previews = await voice.previewsOf({ roomId, channelId }, body, held);
  return await sealAndGive(voice, { roomId, channelId, relation }, {
    draft: withPreviews(draftOf({ body, media: message.media }), previews),
    give: ({ sealed }) =>
      callApi("editMessage", {
        params: { room_id: roomId, event_id: id },
        body: { sealed },
        timeoutMs: SEND_TIMEOUT_MS,
      }),
  });
}

/** Adds one's reaction. */
export async function reactSealed(voice: Sealer, message: Message, key: string): Promise<Message> {
  const { room_id: roomId, channel_id: channelId, id } = message;
  const relation = relationTo("reaction", id);
  return await sealAndGive(voice, { roomId, channelId, relation }, {
    draft: { type: "reaction", key } as SealedDraft,
    give: ({ sealed }) =>
      callApi("addReaction", {
        body: { room_id: roomId, event_id: id, sealed },
        timeoutMs: SEND_TIMEOUT_MS,
      }),
  });
}

/** Takes one's reaction back, which is an event of its own. */
export async function unreactSealed(message: Message, eventId: string): Promise<void> {
  await callApi("redactMessages", {
    body: { room_id: message.room_id, channel_id: message.channel_id, event_ids: [eventId] },
  });
}
