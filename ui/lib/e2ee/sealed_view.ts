import type { OpenFault } from "../../../core/e2ee/engine/types.ts";
import type { SealedDraft, SealedMedia, SealedPayload } from "../../../core/e2ee/payload.ts";
import type { Message, MessageMedia, Reaction } from "../../../core/api/message.ts";
import { excerptOf, REACTORS_SHOWN } from "../../../core/api/shown.ts";
import { putNewest } from "../../../core/put_newest.ts";
import type { LockedMedia } from "../store/locked_media.ts";
import { shownPreviews } from "./sealed_previews.ts";
import { textEventOf } from "./sealed_text.ts";

/** How far the opening of one sealed event is. */
export type OpenState =
  | { readonly kind: "opening"; readonly slow: boolean }
  | { readonly kind: "open"; readonly payload: SealedPayload }
  | { readonly kind: "fault"; readonly fault: OpenFault; readonly retry: boolean };

/** Opened events that a tab remembers; the one not asked for the longest goes first. */
export const OPENED_MAX = 4000;
/** As many as may be on their way. */
const OWN_MAX = 300;

/** What was opened in this tab, by the event that was sealed. It lives as long as the tab. */
export class OpenedEvents {
  readonly #held = new Map<string, OpenState>();
  /** What was sealed in this tab and has not been seen as an event, by the nonce of its seal. */
  readonly #own = new Map<string, SealedPayload>();

  get(eventId: string): OpenState | undefined {
    const found = this.#held.get(eventId);
    if (found) {
      this.#held.delete(eventId);
      this.#held.set(eventId, found);
    }
    return found;
  }

  set(eventId: string, state: OpenState): void {
    putNewest(this.#held, { key: eventId, value: state, max: OPENED_MAX });
  }

  /** Something was sealed here: its event can be read as soon as it comes. */
  expectOwn(nonce: string, draft: SealedDraft): void {
    putNewest(this.#own, { key: nonce, value: draft as SealedPayload, max: OWN_MAX });
  }

  /** Takes an event of one's own for what was sealed here under its nonce, once. */
  meet(eventId: string, nonce: string): void {
    const payload = this.#own.get(nonce);
    if (!payload) return;
    this.#own.delete(nonce);
    if (this.#held.get(eventId)?.kind !== "open") this.set(eventId, { kind: "open", payload });
  }

  forget(eventId: string): void {
    this.#held.delete(eventId);
  }

  /** Events that could not be opened. */
  faults(): string[] {
    return [...this.#held].filter(([, state]) => state.kind === "fault").map(([id]) => id);
  }

  payload(eventId: string): SealedPayload | undefined {
    const found = this.get(eventId);
    return found?.kind === "open" ? found.payload : undefined;
  }
}

/** What this tab sealed itself is known before anybody opens it. */
export function meetOwn(message: Message, opened: OpenedEvents, selfId: string): void {
  if (message.sealed && message.author.id === selfId) {
    opened.meet(textEventOf(message), message.sealed.nonce);
  }
  for (const { id, user_id, sealed } of message.sealed_reactions ?? []) {
    if (user_id === selfId) opened.meet(id, sealed.nonce);
  }
}

/** All sealed events of a message that were not looked at yet: its text and its reactions. */
export function unopenedEvents(message: Message, opened: OpenedEvents): string[] {
  if (message.redacted) return [];
  const events = [
    ...message.sealed ? [textEventOf(message)] : [],
    ...(message.sealed_reactions ?? []).map((reaction) => reaction.id),
  ];
  return events.filter((id) => opened.get(id) === undefined);
}

export function shownMedia(media: SealedMedia): LockedMedia {
  return {
    uri: media.uri,
    name: media.name,
    type: media.type,
    size: media.size,
    alt: media.alt ?? null,
    width: media.width ?? null,
    height: media.height ?? null,
    thumbhash: media.thumbhash ?? null,
    spoiler: media.spoiler ?? false,
    lock: { key: media.key, hash: media.hash, thumb: media.thumb },
  };
}

/** A file as it goes into a payload; undefined where it was never encrypted. */
export function sealedMedia(media: MessageMedia): SealedMedia | undefined {
  const { lock } = media as LockedMedia;
  if (!lock) return undefined;
  return {
    uri: media.uri,
    key: lock.key,
    hash: lock.hash,
    name: media.name,
    type: media.type,
    size: media.size,
    ...(media.width === null ? {} : { width: media.width }),
    ...(media.height === null ? {} : { height: media.height }),
    ...(media.thumbhash === null ? {} : { thumbhash: media.thumbhash }),
    ...(media.alt === null ? {} : { alt: media.alt }),
    ...(media.spoiler ? { spoiler: true } : {}),
    ...(lock.thumb ? { thumb: lock.thumb } : {}),
  } as SealedMedia;
}

/** Reactions as they are counted here: servers only know who reacted. One of a kind a person. */
export function countReactions(
  message: Message,
  opened: OpenedEvents,
  selfId: string,
): Reaction[] {
  const users = new Map<string, string[]>();
  for (const { id, user_id } of message.sealed_reactions ?? []) {
    const key = opened.payload(id)?.key;
    if (key === undefined) continue;
    const held = users.get(key) ?? [];
    if (!held.includes(user_id)) users.set(key, [...held, user_id]);
  }
  return [...users].map(([key, who]) => ({
    key,
    count: who.length,
    me: who.includes(selfId),
    users: who.slice(0, REACTORS_SHOWN),
  }));
}

/** Everybody who reacted with one key, the first ones first. */
export function reactorsOf(message: Message, opened: OpenedEvents, key: string): string[] {
  const who = (message.sealed_reactions ?? [])
    .filter((reaction) => opened.payload(reaction.id)?.key === key)
    .map((reaction) => reaction.user_id);
  return [...new Set(who)];
}

/**
 * A message with what is known of its sealed text, files, reactions and of what it answers.
 * `answered`: the message it replies to, as it is shown here, where it is.
 */
export function fillMessage(
  message: Message,
  { opened, selfId, answered }: {
    readonly opened: OpenedEvents;
    readonly selfId: string;
    readonly answered: Message | undefined;
  },
): Message {
  if (message.redacted) return message;
  const reactions = message.sealed_reactions === undefined
    ? message.reactions
    : countReactions(message, opened, selfId);
  const payload = message.sealed && opened.payload(textEventOf(message));
  const excerpt = excerptFor(message, payload, answered);
  const reply_to = message.reply_to && { ...message.reply_to, excerpt };
  if (!message.sealed) return { ...message, reactions, reply_to };
  // Servers name the files of what is sealed without saying what they are, and know no links in it.
  if (!payload) return { ...message, media: [], previews: undefined, reactions, reply_to };
  return {
    ...message,
    body: payload.body ?? "",
    media: (payload.media ?? []).map(shownMedia),
    ...forwardedIn(message, payload),
    previews: message.previews_off ? undefined : shownPreviews(payload),
    reactions,
    reply_to,
  };
}

/** Of a copy: the original is in the same place, where it is named. */
function forwardedIn(
  { channel_id }: Message,
  { forwarded }: SealedPayload,
): Pick<Message, "forwarded"> {
  if (!forwarded) return {};
  const { event_id } = forwarded;
  return { forwarded: event_id === undefined ? {} : { channel_id, event_id } };
}

/** What is answered, as it is here; else as the answer quotes it. Null: it is gone. */
function excerptFor(
  message: Message,
  payload: SealedPayload | undefined,
  answered: Message | undefined,
): string | null {
  const said = message.reply_to?.excerpt ?? null;
  if (said === null || answered?.redacted) return null;
  if (answered && (!answered.sealed || answered.body !== "" || answered.media.length > 0)) {
    return excerptOf({ body: answered.body, files: answered.media.length, gone: false });
  }
  return payload?.reply_excerpt ?? said;
}
