import { type Message, type MessageFrame, type MessageMedia } from "../../../core/api/message.ts";
import { excerptOf } from "../../../core/api/shown.ts";
import type { Thread } from "../../../core/api/thread.ts";
import type { User } from "../../../core/api/user.ts";
import type { JsonObject, JsonValue } from "../../../core/event/json.ts";
import { messageKind } from "../../../core/event/kinds/message.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import { limits } from "../../../core/limits.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import { pollOf } from "../../../core/rules/polls.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import type { Queryable } from "../../postgres/sql.ts";
import { contentOf, textOf } from "../../rooms/content.ts";
import type { Room } from "../../rooms/room.ts";
import { colorOf } from "../guilds/project_guild.ts";
import type { Preview } from "../../../core/api/preview.ts";
import { findPreviews, findPreviewsOff } from "../previews/preview_rows.ts";
import { type ProjectedPoll, projectPolls } from "../polls/project_polls.ts";
import { facesOf, namesIn, namesRoots, viewThreads } from "../threads/project_threads.ts";
import { findThreads } from "../threads/thread_rows.ts";
import type { UserDirectory } from "../users/user_directory.ts";
import { encryptedSince, isEncrypted } from "../e2ee/room_encryption.ts";
import { forwardPart } from "./forwarded.ts";
import { mentionsOfTargets } from "./mentions.ts";
import { displayed } from "../webhooks/displayed.ts";
import { isFromBefore } from "./readable_rows.ts";
import { sealedParts } from "./sealed_parts.ts";
import { threadOfRow } from "./thread_of.ts";
import {
  type EditRow,
  findEdits,
  findMentions,
  findPinned,
  findReactions,
  findRedactions,
  findSealedReactions,
  findTimelineEvents,
  type ReactionRow,
  type RedactionRow,
  type SealedReactionRow,
} from "./message_rows.ts";

export interface ProjectDeps {
  readonly sql: Queryable;
  readonly users: UserDirectory;
  readonly serverName: ServerName;
  readonly clock: Pick<Clock, "now">;
}

/** Neutral messages with the viewer's own reactions and choices beside them. */
export interface Projected {
  readonly frame: MessageFrame;
  readonly myReactions: ReadonlySet<string>;
  /** What the viewer chose, of a poll. */
  readonly myChoices: readonly number[];
}

/** Rows of one room as messages, in the order given. A fixed number of queries whatever theirs. */
export async function projectMessages(
  deps: ProjectDeps,
  room: Room,
  input: { readonly rows: readonly StoredEvent[]; readonly viewer: UserId | null },
): Promise<Projected[]> {
  const { sql, users } = deps;
  const ids: string[] = input.rows.map((row) => row.eventId);
  const replyIds = [
    ...new Set(input.rows.flatMap((row) => replyOf(contentOfRow(row)) ?? [])),
  ];
  const held = new Set(ids);
  const roots = input.rows.filter((row) => threadOfRow(room.authority, row) === undefined)
    .map((row) => ({ channelId: row.channelId ?? "", rootId: row.eventId }));
  const gone = input.rows.filter((row) => row.redactedBy !== undefined).map((row) => row.eventId);
  const foreign = input.rows.filter((row) => isForeign(deps, row)).map((row) => row.eventId);
  const answered = replyIds.filter((id) => !held.has(id));
  const { viewer } = input;
  // All at once: whoever waits for a page waits for the longest chain of questions.
  const [
    targets,
    edits,
    reactions,
    sealedReactions,
    pinned,
    previews,
    previewsOff,
    threadRows,
    polls,
    mentions,
    redactions,
  ] = await Promise.all([
    findTimelineEvents(sql, room.id, answered),
    findEdits(sql, room.id, [...ids, ...answered]),
    findReactions(sql, { roomId: room.id, targetIds: ids, viewer }),
    isEncrypted(room.authority) ? findSealedReactions(sql, room.id, ids) : [],
    findPinned(sql, room.id, ids),
    findPreviews(sql, room.id, ids),
    findPreviewsOff(sql, room.id, ids),
    findThreads(sql, roots.map((root) => ({ ...root, roomId: room.id }))),
    projectPolls(sql, { roomId: room.id, rows: input.rows, viewer }),
    findMentions(sql, room.id, foreign),
    findRedactions(sql, room.id, gone),
  ]);
  const known = new Map([...input.rows, ...targets].map((row) => [row.eventId as string, row]));
  const senders = [...known.values()].map((row) => row.sender);
  const people = await users.find([...new Set([...senders, ...facesOf(threadRows)])]);
  const threads = viewThreads(threadRows, {
    names: namesRoots(room) ? namesIn(input.rows, edits) : new Map(),
    people,
    nowMs: deps.clock.now(),
  });
  const look: Look = {
    self: deps.serverName,
    room,
    known,
    people,
    edits: lastEdits(edits),
    reactions: groupBy(reactions, (row) => row.target_id),
    sealedReactions: groupBy(sealedReactions, (row) => row.target_id),
    pinned,
    previews,
    previewsOff,
    threads,
    polls,
    admitted: admittedOf(foreign, mentions),
    redactions: new Map(redactions.map((row) => [row.target_id, row])),
  };
  return input.rows.map((row) => projectRow(row, look));
}

/**
 * A message that was stored just now: nothing can relate to it yet, so that only what it
 * answers is read; of a poll from elsewhere also votes that came before it.
 */
export async function projectNewMessage(
  deps: ProjectDeps,
  room: Room,
  row: StoredEvent,
): Promise<MessageFrame> {
  const { sql, users } = deps;
  const replyId = replyOf(contentOfRow(row));
  const polls = await projectPolls(sql, { roomId: room.id, rows: [row], viewer: null });
  if (replyId === undefined && !isForeign(deps, row)) {
    const people = await users.find([row.sender]);
    return projectRow(row, { ...ALONE, self: deps.serverName, room, people, polls }).frame;
  }
  const targets = replyId === undefined ? [] : await findTimelineEvents(sql, room.id, [replyId]);
  const known = new Map([row, ...targets].map((each) => [each.eventId as string, each]));
  const foreign = isForeign(deps, row) ? [row.eventId] : [];
  const [mentions, edits, people] = await Promise.all([
    findMentions(sql, room.id, foreign),
    replyId === undefined ? [] : findEdits(sql, room.id, [replyId]),
    users.find([...new Set([...known.values()].map((each) => each.sender))]),
  ]);
  return projectRow(row, {
    ...ALONE,
    self: deps.serverName,
    room,
    known,
    people,
    edits: lastEdits(edits),
    polls,
    admitted: admittedOf(foreign, mentions),
  }).frame;
}

interface Look {
  readonly self: ServerName;
  readonly room: Room;
  readonly known: ReadonlyMap<string, StoredEvent>;
  readonly people: ReadonlyMap<UserId, User>;
  readonly edits: ReadonlyMap<string, EditRow>;
  readonly reactions: ReadonlyMap<string, readonly ReactionRow[]>;
  readonly sealedReactions: ReadonlyMap<string, readonly SealedReactionRow[]>;
  readonly pinned: ReadonlySet<string>;
  readonly previews: ReadonlyMap<string, readonly Preview[]>;
  readonly previewsOff: ReadonlySet<string>;
  readonly threads: ReadonlyMap<string, Thread>;
  readonly polls: ReadonlyMap<string, ProjectedPoll>;
  /** Mentions of messages of other servers: only those that take effect are shown as such. */
  readonly admitted: ReadonlyMap<string, readonly string[]>;
  readonly redactions: ReadonlyMap<string, RedactionRow>;
}

/** Around a message to which nothing relates, and which relates to none. */
const ALONE: Omit<Look, "room" | "people" | "self"> = {
  known: new Map(),
  edits: new Map(),
  reactions: new Map(),
  sealedReactions: new Map(),
  pinned: new Set(),
  previews: new Map(),
  previewsOff: new Set(),
  threads: new Map(),
  polls: new Map(),
  admitted: new Map(),
  redactions: new Map(),
};

/** Who took the message away; where that is not kept, its author is taken to have done it. */
function redactionOf(row: StoredEvent, look: Look): { by: string; reason: string | null } {
  const redaction = look.redactions.get(row.eventId);
  return { by: redaction?.sender ?? row.sender, reason: redaction?.reason ?? null };
}

function projectRow(row: StoredEvent, look: Look): Projected {
  const { authority } = look.room;
  const sender = row.sender;
  const original = contentOfRow(row);
  const edit = look.edits.get(row.eventId);
  const current = edit === undefined ? original : contentOfPdu(edit.pdu);
  const reactions = look.reactions.get(row.eventId) ?? [];
  const poll = look.polls.get(row.eventId);
  const media = mediaOf(row, original);
  const sealed = sealedParts(row, {
    original,
    current,
    edit,
    since: encryptedSince(authority),
    reactions: look.sealedReactions.get(row.eventId) ?? [],
  });
  return {
    myReactions: new Set(reactions.filter((reaction) => reaction.me).map((r) => r.key)),
    myChoices: poll?.chosen ?? [],
    frame: {
      id: row.eventId,
      room_id: look.room.id,
      channel_id: row.channelId ?? "",
      kind: poll !== undefined
        ? "poll"
        : sealed.sealed !== undefined
        ? "sealed"
        : media.length > 0
        ? "file"
        : "text",
      ...authorOf(row, original, look),
      ...lookInGuild(authority, sender),
      color: colorOf(authority, sender),
      origin_ts: row.originTs,
      order: row.order ?? 0,
      body: wordsOf(row.type, current),
      ...(poll === undefined ? {} : { poll: poll.frame }),
      ...sealed,
      media,
      ...previewPart(row, look),
      mentions: mentionsOfRow(row, original, look),
      edited_ts: edit?.origin_ts ?? null,
      redacted: row.redactedBy === undefined ? null : redactionOf(row, look),
      reply_to: replyTo(original, look),
      ...forwardPart(original),
      reactions: reactions.map(({ key, count, users }) => ({ key, count, users })),
      pinned: look.pinned.has(row.eventId),
      ...threadParts(row, look),
      late: row.receivedTs - row.originTs > limits.receive.lateAfterMs &&
        !isFromBefore(authority, look.self, row.originTs),
    },
  };
}

function previewPart(
  row: StoredEvent,
  look: Look,
): Pick<Message, "previews" | "previews_off"> {
  if (look.previewsOff.has(row.eventId)) return { previews_off: true };
  const previews = look.previews.get(row.eventId);
  return previews === undefined || row.redactedBy !== undefined || row.withheld
    ? {}
    : { previews: [...previews] };
}

/** Who wrote it; a webhook, and no other, as it shows itself with the message. PROTOCOL.md 10. */
function authorOf(
  { sender }: StoredEvent,
  content: JsonObject | undefined,
  { room, people }: Pick<Look, "room" | "people">,
): Pick<Message, "author" | "webhook"> {
  const author = people.get(sender) ?? unknownUser(sender);
  if (room.authority.member(sender)?.kind !== "webhook") return { author };
  return { author: displayed(author, content?.["display"]), webhook: true };
}

function threadParts(row: StoredEvent, look: Look): Pick<Message, "thread_id" | "thread"> {
  const threadId = threadOfRow(look.room.authority, row);
  if (threadId !== undefined) return { thread_id: threadId };
  const thread = look.threads.get(row.eventId);
  return thread === undefined ? {} : { thread };
}

function replyTo(content: JsonObject | undefined, look: Look): Message["reply_to"] {
  const id = replyOf(content);
  if (id === undefined) return null;
  const row = look.known.get(id);
  if (row === undefined) return { id, author: null, excerpt: null };
  const edit = look.edits.get(id);
  const answered = edit === undefined ? contentOfRow(row) : contentOfPdu(edit.pdu);
  const author = authorOf(row, contentOfRow(row), look);
  const gone = row.withheld || row.redactedBy !== undefined;
  if (answered?.["msgtype"] === "sealed" && !gone) {
    // It is there, and only devices can read it.
    return { id, ...author, excerpt: "" };
  }
  return {
    id,
    ...author,
    excerpt: excerptOf({
      body: wordsOf(row.type, answered),
      files: mediaOf(row, contentOfRow(row)).length,
      gone,
    }),
  };
}

/** Adds what depends on the viewer. */
export function personalize(
  projected: Projected,
  viewer: { readonly userId: UserId; readonly roles: readonly string[] },
): Message {
  const { frame: { poll, ...frame }, myReactions, myChoices } = projected;
  const { mentions } = frame;
  return {
    ...frame,
    ...(poll === undefined ? {} : { poll: { ...poll, chosen: [...myChoices] } }),
    mentions_me: frame.author.id !== viewer.userId &&
      (mentions.everyone || mentions.users.includes(viewer.userId) ||
        mentions.roles.some((role) => viewer.roles.includes(role))),
    reactions: frame.reactions.map((reaction) => ({
      ...reaction,
      me: myReactions.has(reaction.key),
    })),
  };
}

export function contentOfPdu(pdu: string): JsonObject {
  return (JSON.parse(pdu) as { content: JsonObject }).content;
}

/** Undefined where it was taken away. */
export function contentOfRow(row: StoredEvent): JsonObject | undefined {
  if (row.withheld) return undefined;
  return row.held === undefined ? contentOfPdu(row.pdu) : row.held.pdu.content;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Id of the message that this one answers, in its channel or in its thread. */
export function replyOf(content: JsonObject | undefined): string | undefined {
  const relation = content?.["relates_to"];
  if (!isObject(relation)) return undefined;
  const id = relation["kind"] === "reply"
    ? relation["event_id"]
    : relation["kind"] === "thread"
    ? relation["reply_to"]
    : undefined;
  return typeof id === "string" ? id : undefined;
}

/** What a message says in words; a poll asks. */
export function wordsOf(type: string, content: JsonObject | undefined): string {
  return pollOf({ type, content })?.question ??
    (type === messageKind.type ? textOf(content, "body") ?? "" : "");
}

function mediaOf(row: StoredEvent, content: JsonObject | undefined): MessageMedia[] {
  const list = content?.["media"];
  if (!Array.isArray(list) || row.type !== messageKind.type) return [];
  return list.filter(isObject).map((item) => ({
    uri: textOf(item, "uri") ?? "",
    name: textOf(item, "name") ?? "file",
    type: textOf(item, "type") ?? "application/octet-stream",
    size: numberOf(item["size"]) ?? 0,
    alt: textOf(item, "alt"),
    width: numberOf(item["width"]),
    height: numberOf(item["height"]),
    thumbhash: textOf(item, "thumbhash"),
    spoiler: item["spoiler"] === true,
  }));
}

function numberOf(value: JsonValue | undefined): number | null {
  return typeof value === "number" ? value : null;
}

function mentionsOfRow(
  row: StoredEvent,
  content: JsonObject | undefined,
  look: Look,
): Message["mentions"] {
  const admitted = look.admitted.get(row.eventId);
  return admitted === undefined ? mentionsOf(content) : mentionsOfTargets(admitted);
}

/** What a server of its own users stores it has admitted itself. */
function isForeign({ serverName }: ProjectDeps, row: StoredEvent): boolean {
  return serverOf(row.sender) !== serverName;
}

function admittedOf(
  ids: readonly string[],
  rows: readonly { readonly event_id: string; readonly target: string }[],
): Map<string, readonly string[]> {
  const byEvent = groupBy(rows, (row) => row.event_id);
  return new Map(ids.map((id) => [id, (byEvent.get(id) ?? []).map((row) => row.target)]));
}

function mentionsOf(content: JsonObject | undefined): Message["mentions"] {
  const mentions = content?.["mentions"];
  if (!isObject(mentions)) return { users: [], roles: [], everyone: false };
  return {
    users: strings(mentions["users"]),
    roles: strings(mentions["roles"]),
    everyone: mentions["everyone"] === true,
  };
}

function strings(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function lastEdits(edits: readonly EditRow[]): Map<string, EditRow> {
  return new Map(edits.map((edit) => [edit.target_id, edit]));
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** Somebody whose profile is not held: a remote or a deleted user. */
export function unknownUser(id: UserId): User {
  return { id, display_name: null, avatar: null, bio: null, status: null, bot: false };
}

/** What the author is called in the guild, and the picture they have there, if any. */
function lookInGuild(
  authority: Authority,
  sender: UserId,
): Pick<MessageFrame, "nickname" | "guild_avatar"> {
  const profile = contentOf(authority.view.get("m.member.profile", sender));
  const avatar = textOf(profile, "avatar");
  return {
    nickname: textOf(profile, "nickname"),
    ...(avatar === null ? {} : { guild_avatar: avatar }),
  };
}
