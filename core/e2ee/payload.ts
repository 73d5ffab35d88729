import { eventId, mediaUri, roleId, userId } from "../event/kinds/fields.ts";
import { relation } from "../event/kinds/relation.ts";
import {
  flag,
  id,
  type Infer,
  integer,
  list,
  object,
  oneOf,
  optional,
  pattern,
  refine,
  text,
} from "../event/kinds/shape.ts";
import { limits } from "../limits.ts";
import { PREVIEW_WORDS } from "../previews/preview_words.ts";
import { fromBase64 } from "./bytes.ts";

const MAX_FILE_NAME_BYTES = 1024;

const base64Of = (bytes: number) =>
  id(
    (value) => fromBase64(value, bytes) === undefined ? undefined : value,
    `unpadded base64 of ${bytes} bytes`,
  );
const bytes32 = base64Of(32);

/** Where a sealed file lies and how it is opened. `hash` is SHA-256 of what is stored. */
const sealedFile = { uri: mediaUri, key: bytes32, hash: bytes32 };

const media = object({
  ...sealedFile,
  /** Of 255 characters of any script, as file systems allow: no server has to hold it. */
  name: text(MAX_FILE_NAME_BYTES, 1),
  type: text(255, 1),
  /** Bytes before it was sealed. */
  size: integer(0, limits.json.maxInteger),
  width: optional(integer(1, 1_000_000)),
  height: optional(integer(1, 1_000_000)),
  duration_ms: optional(integer(0, limits.json.maxInteger)),
  thumbhash: optional(pattern(/^[A-Za-z0-9+/]{1,64}={0,2}$/, "a thumbhash in base64")),
  alt: optional(text(limits.content.maxTopicBytes)),
  spoiler: optional(flag),
  thumb: optional(object({ ...sealedFile, size: integer(0, limits.json.maxInteger) })),
});
export type SealedMedia = Infer<typeof media>;

const mentions = object({
  users: optional(list(userId, limits.content.maxMentions)),
  roles: optional(list(roleId, limits.content.maxMentions)),
  everyone: optional(flag),
});

/** One batch of content keys for the devices of somebody who came later. PROTOCOL.md 12. */
const history = object({
  id: base64Of(16),
  to: userId,
  from_ts: integer(0, limits.json.maxInteger),
  until_ts: integer(0, limits.json.maxInteger),
  /** Of all batches together. */
  keys: integer(1, limits.history.maxBatchKeys * limits.history.maxBatches),
  batch: integer(1, limits.history.maxBatches),
  batches: integer(1, limits.history.maxBatches),
  welcome: text(limits.history.maxWelcomeChars, 1),
  message: text(limits.history.maxMessageChars, 1),
  sealed: text(limits.sealed.maxBucketBytes, 1),
});
export type SealedHistory = Infer<typeof history>;

/** UTF-8 bytes of a UTF-16 unit, at the most. */
const UNIT_BYTES = 3;

/** What the sender's client was told of a link in the body. Readers take it for words of a stranger. */
const preview = object({
  url: text(PREVIEW_WORDS.urlChars * UNIT_BYTES, 1),
  title: text(PREVIEW_WORDS.titleChars * UNIT_BYTES, 1),
  site: optional(text(PREVIEW_WORDS.siteChars * UNIT_BYTES)),
  description: optional(text(PREVIEW_WORDS.descriptionChars * UNIT_BYTES)),
});
export type SealedPreview = Infer<typeof preview>;

const fields = object({
  type: oneOf("message", "reaction", "history"),
  body: optional(text(limits.content.maxBodyBytes)),
  media: optional(list(media, limits.content.maxMedia)),
  mentions: optional(mentions),
  /** Of a reaction: the emoji, or the name of a custom one, whose picture is `uri`. */
  key: optional(text(limits.content.maxReactionKeyBytes, 1)),
  uri: optional(mediaUri),
  /** What is answered, as the sender read it. */
  reply_excerpt: optional(text(limits.sealed.maxExcerptBytes)),
  /** Of a copy of another message: that one, where it is in the same room. */
  forwarded: optional(object({ event_id: optional(eventId) })),
  history: optional(history),
  previews: optional(list(preview, PREVIEW_WORDS.links)),
  /** As outside: a server cannot hang what was said onto another message. */
  relates_to: optional(relation),
});

/** What a sealed message says. PROTOCOL.md 12. */
export type SealedPayload = Infer<typeof fields>;
/** What a sender gives: the relation is taken from the place that it is sealed for. */
export type SealedDraft = Omit<SealedPayload, "relates_to">;

export const sealedPayload = refine(fields, (payload) => {
  const reacts = payload.relates_to?.kind === "reaction";
  if ((payload.type === "history") !== (payload.history !== undefined)) {
    return ".history: stands in what shares history, and there alone";
  }
  if (payload.type !== "message" && payload.previews !== undefined) {
    return ".previews: only messages have links";
  }
  if (payload.type === "reaction") {
    if (payload.key === undefined) return ".key: a reaction needs one";
    return reacts ? undefined : ".relates_to: a reaction names what it reacts to";
  }
  return reacts ? ".relates_to: only a reaction reacts" : undefined;
});
