import type { Thread } from "../../../core/api/thread.ts";
import type { ThreadView } from "../../../core/api/threads.ts";
import { assert } from "../../../core/assert.ts";
import { OperationError } from "../../../core/errors.ts";
import type { ReadState } from "../../../core/api/channel.ts";
import { threadKind } from "../../../core/event/kinds/thread.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { limits } from "../../../core/limits.ts";
import { holds } from "../../../core/permissions/bits.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openChannel, type Place, requireRight } from "../chat/place.ts";
import { sendEffect } from "../messages/send_effect.ts";
import { personalize, projectMessages } from "../messages/project_messages.ts";
import { mayReadRow } from "../messages/readable_rows.ts";
import { threadReadState } from "../reads/read_states.ts";
import type { ThreadNotice } from "./thread_notice.ts";
import { type OpenThread, openThread, requireThreads, threadNotFound } from "./open_thread.ts";
import { isLocked, namesOfRoots, projectThreads, statedBy } from "./project_threads.ts";
import { isFollowing, listRoots, setFollowing } from "./thread_rows.ts";

/** Threads looked through for one page of a search by name. */
const SEARCHED_MAX = 500;

/**
 * Threads of a channel, the one last written in first. With `name` those whose name holds all of
 * its words. @throws OperationError `forbidden`, `not_found`
 */
export async function listThreads(
  deps: ChatDeps,
  userId: UserId,
  input: {
    readonly roomId: string;
    readonly channelId: string;
    readonly archived: boolean;
    readonly name?: string | undefined;
    readonly before?: number | undefined;
    readonly limit: number;
  },
): Promise<{ threads: Thread[]; cursor: number | null }> {
  const place = await openChannel(deps, userId, input);
  requireRight(place.rights, "READ_HISTORY", "read threads");
  const at = { roomId: place.room.id, channelId: place.channelId };
  const words = (input.name ?? "").toLowerCase().split(/\s+/).filter((word) => word !== "");
  const threads: Thread[] = [];
  let before = input.before ?? Number.MAX_SAFE_INTEGER;
  for (let seen = 0; seen < SEARCHED_MAX;) {
    const roots = await listRoots(deps.sql, { ...at, before, limit: input.limit });
    seen += roots.length;
    const found = await projectThreads(
      deps,
      place.room,
      roots.map((each) => ({ channelId: place.channelId, rootId: each.root_id })),
    );
    for (const { root_id: id, ord } of roots) {
      before = ord;
      const thread = found.get(id);
      const name = thread?.name.toLowerCase() ?? "";
      const fits = thread !== undefined && thread.archived === input.archived &&
        words.every((word) => name.includes(word));
      if (fits) threads.push(thread);
      if (threads.length === input.limit) return { threads, cursor: before };
    }
    if (roots.length < input.limit) return { threads, cursor: null };
  }
  return { threads, cursor: before };
}

/** @throws OperationError `forbidden`, `not_found` */
export async function getThread(
  deps: ChatDeps,
  userId: UserId,
  input: { readonly roomId: string; readonly rootId: string },
): Promise<ThreadView> {
  const opened = await openThread(deps, userId, input);
  const { place: { room, channelId }, rootId, root } = opened;
  const readable = root !== undefined && await mayReadRow(room, userId, root) ? [root] : [];
  const ref = { roomId: room.id, channelId, rootId };
  const [thread, [projected], following, read] = await Promise.all([
    viewThread(deps, opened),
    projectMessages(deps, room, { rows: readable, viewer: userId }),
    isFollowing(deps.sql, userId, ref),
    threadReadState(deps, userId, { room, channelId, rootId }),
  ]);
  const roles = room.authority.rolesOf(userId);
  return {
    thread,
    root: projected === undefined ? null : personalize(projected, { userId, roles }),
    following,
    read,
  };
}

/** A thread as it is now, an empty one too. */
async function viewThread(deps: ChatDeps, opened: OpenThread): Promise<Thread> {
  const { place: { room, channelId }, rootId, root } = opened;
  const found = (await projectThreads(deps, room, [{ channelId, rootId }])).get(rootId);
  if (found !== undefined) return found;
  const names = await namesOfRoots(deps.sql, [{ room, channelId, rootId }]);
  return {
    id: rootId,
    room_id: room.id,
    channel_id: channelId,
    title: null,
    name: names.get(rootId) ?? "",
    starter: root?.sender ?? null,
    archived: false,
    locked: false,
    count: 0,
    last_id: null,
    last_ts: 0,
    people: [],
  };
}

/**
 * Names a thread, puts it away, brings it back: its starter may and who has MANAGE_THREADS, who
 * alone locks. @throws OperationError `invalid`, `forbidden`, `not_found`, `unavailable`
 */
export async function updateThread(
  deps: ChatDeps,
  userId: UserId,
  input: {
    readonly roomId: string;
    readonly rootId: string;
    readonly title?: string | undefined;
    readonly archived?: boolean | undefined;
    readonly locked?: boolean | undefined;
  },
): Promise<Thread> {
  const opened = await openThread(deps, userId, input);
  const { place, rootId, thread } = opened;
  requireThreads(place);
  if (thread === undefined) throw threadNotFound();
  const manages = holds(place.rights, "MANAGE_THREADS");
  requireMayChange(userId, { opened, manages, locks: input.locked !== undefined });
  const before = await viewThread(deps, opened);
  const title = input.title === undefined ? before.title ?? "" : titleOf(input.title);
  // The last event says it all: what is not changed is said again.
  const content = {
    relates_to: { kind: "thread", event_id: rootId },
    ...(title === "" ? {} : { title }),
    archived: input.archived ?? (statedBy(thread.stated)?.archived === true && before.archived),
    ...(manages ? { locked: input.locked ?? isLocked(thread) } : {}),
  };
  const { type } = threadKind;
  await sendEffect(place, { sender: userId, type, content, managesThreads: manages });
  return await viewThread(deps, await openThread(deps, userId, input));
}

function requireMayChange(
  userId: UserId,
  { opened, manages, locks }: {
    readonly opened: OpenThread;
    readonly manages: boolean;
    readonly locks: boolean;
  },
): void {
  if (manages) return;
  const { place: { rights }, root, thread } = opened;
  if (locks) requireRight(rights, "MANAGE_THREADS", "lock threads");
  if (root?.sender !== userId) requireRight(rights, "MANAGE_THREADS", "change others' threads");
  if (thread !== undefined && isLocked(thread)) {
    requireRight(rights, "MANAGE_THREADS", "change a locked thread");
  }
  requireRight(rights, "SEND_IN_THREADS", "change threads");
}

function titleOf(raw: string): string {
  const title = raw.replace(/\s+/g, " ").trim();
  const { maxNameBytes } = limits.content;
  if (new TextEncoder().encode(title).length <= maxNameBytes) return title;
  throw new OperationError("invalid", `A name of a thread has at most ${maxNameBytes} bytes.`, {
    details: { field: "title" },
  });
}

/** @throws OperationError `forbidden`, `not_found` */
export async function followThread(
  deps: ChatDeps & { readonly announceThread: (notice: ThreadNotice) => void },
  userId: UserId,
  input: { readonly roomId: string; readonly rootId: string; readonly on: boolean },
): Promise<{ following: boolean; read: ReadState }> {
  const opened = await openThread(deps, userId, input);
  const { place: { room, channelId }, rootId, thread } = opened;
  const ord = Math.max(thread?.last_ord ?? 0, opened.root?.order ?? 0);
  await setFollowing(deps.sql, userId, { roomId: room.id, channelId, rootId, on: input.on, ord });
  deps.announceThread({ userId, roomId: room.id, channelId, rootId, following: input.on });
  const read = await threadReadState(deps, userId, { room, channelId, rootId });
  return { following: input.on, read };
}

/**
 * Refuses what cannot be said in a thread: no right, locked, gone.
 * @throws OperationError `invalid`, `forbidden`, `not_found`
 */
export async function admitToThread(
  deps: Pick<ChatDeps, "sql" | "rooms" | "clock">,
  userId: UserId,
  { place, threadId }: { readonly place: Place; readonly threadId: string },
): Promise<OpenThread> {
  requireThreads(place);
  requireRight(place.rights, "SEND_IN_THREADS", "write in threads");
  const opened = await openThread(deps, userId, { roomId: place.room.id, rootId: threadId });
  assert(opened.place.room.id === place.room.id, "a thread stands in the room it is asked for in");
  if (opened.place.channelId !== place.channelId) throw threadNotFound();
  const locked = opened.thread !== undefined && isLocked(opened.thread);
  if (locked) requireRight(place.rights, "MANAGE_THREADS", "write in a locked thread");
  return opened;
}
