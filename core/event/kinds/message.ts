import { limits } from "../../limits.ts";
import { hash32, mediaUri, name, roleId, userId } from "./fields.ts";
import { forwarded } from "./forwarded.ts";
import { defineKind } from "./kind.ts";
import { relation } from "./relation.ts";
import { sealed } from "./sealed.ts";
import {
  flag,
  type Infer,
  integer,
  list,
  object,
  oneOf,
  optional,
  pattern,
  refine,
  text,
} from "./shape.ts";

const media = object({
  uri: mediaUri,
  blake3: hash32,
  size: integer(0, limits.json.maxInteger),
  type: text(255, 1),
  name: optional(name),
  alt: optional(text(limits.content.maxTopicBytes)),
  width: optional(integer(1, 1_000_000)),
  height: optional(integer(1, 1_000_000)),
  duration_ms: optional(integer(0, limits.json.maxInteger)),
  thumbhash: optional(pattern(/^[A-Za-z0-9+/]{1,64}={0,2}$/, "a thumbhash in base64")),
  spoiler: optional(flag),
});
/** A file of a message. Every holder verifies `blake3`. */
export type MediaContent = Infer<typeof media>;

const mentions = object({
  users: optional(list(userId, limits.content.maxMentions)),
  roles: optional(list(roleId, limits.content.maxMentions)),
  everyone: optional(flag),
});
export type MentionsContent = Infer<typeof mentions>;

const embed = object({
  url: optional(text(limits.content.maxUriBytes)),
  title: optional(text(limits.content.maxNameBytes)),
  description: optional(text(limits.content.maxTopicBytes)),
  media: optional(media),
});

const fields = object({
  msgtype: oneOf("text", "file", "embed", "sealed"),
  body: text(limits.content.maxBodyBytes),
  sealed: optional(sealed),
  media: optional(list(media, limits.content.maxMedia)),
  embeds: optional(list(embed, limits.content.maxEmbeds)),
  mentions: optional(mentions),
  relates_to: optional(relation),
  forwarded: optional(forwarded),
  display: optional(object({
    name,
    avatar: optional(mediaUri),
    avatar_blake3: optional(hash32),
    avatar_size: optional(integer(0, limits.json.maxInteger)),
  })),
  franking: optional(hash32),
});
export type MessageContent = Infer<typeof fields>;

/**
 * Beside the ciphertext only what servers need to deliver: nothing of what is said. Whom it pings
 * is named for the counts and notifications of those people.
 */
const DELIVERED = ["msgtype", "body", "sealed", "media", "mentions", "relates_to", "franking"];
const DELIVERED_OF_MENTIONS = ["users"];
const DELIVERED_OF_MEDIA = ["uri", "blake3", "size", "type"];
const OPAQUE_TYPE = "application/octet-stream";

const content = refine(fields, (message) => {
  if (message.msgtype !== "sealed") {
    return message.sealed === undefined ? undefined : ".sealed: only with msgtype sealed";
  }
  if (message.sealed === undefined) return ".sealed: missing";
  if (message.body !== "") return ".body: must be empty in a sealed message";
  const said = strangerTo(DELIVERED, message);
  if (said !== undefined) return `.${said}: not in a sealed message`;
  const named = strangerTo(DELIVERED_OF_MENTIONS, message.mentions ?? {});
  if (named !== undefined) return `.mentions.${named}: not in a sealed message`;
  for (const [index, file] of (message.media ?? []).entries()) {
    const told = strangerTo(DELIVERED_OF_MEDIA, file);
    if (told !== undefined) return `.media[${index}].${told}: not in a sealed message`;
    if (file.type !== OPAQUE_TYPE) return `.media[${index}].type: ${OPAQUE_TYPE} is expected`;
  }
  return undefined;
});

function strangerTo(known: readonly string[], value: object): string | undefined {
  return Object.keys(value).find((name) => !known.includes(name));
}

/** What people say. `body` is markdown source; in encrypted rooms what is said is in `sealed`. */
export const messageKind = defineKind<MessageContent>({
  type: "m.room.message",
  plane: "timeline",
  stateKey: "none",
  authority: false,
  content,
  fields:
    "`msgtype: text/file/embed/sealed`, `body` (markdown, 16 KiB; empty where sealed), `sealed? {v, epoch, nonce, key, body, quiet?}` (with `msgtype` sealed alone), `media?: [{uri, blake3, size, type, name?, alt?, width?, height?, duration_ms?, thumbhash?, spoiler?}]`, `embeds?`, `mentions? {users?, roles?, everyone?}`, `relates_to? {kind: reply/edit/thread, event_id, reply_to?}`, `forwarded? {channel_id?, event_id?}`, `display? {name, avatar?, avatar_blake3?, avatar_size?}` (webhooks), `franking?` (reserved)",
  right: "SEND; with `relates_to` thread SEND_IN_THREADS",
});
