import type { ReadState } from "../../../core/api/channel.ts";
import { OWN_THREADS_MAX } from "../../../core/api/shown.ts";
import type { OwnThread } from "../../../core/api/thread.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import {
  readUnheard,
  type RoomChannels,
  threadReadStates,
  type Unheard,
} from "../reads/read_states.ts";
import { projectThreadsOf, type ThreadDeps } from "./project_threads.ts";
import { findOwnThreads, type FollowRow } from "./thread_rows.ts";

export interface OwnThreads {
  /** The one last written in first. */
  readonly threads: readonly OwnThread[];
  /** Of those that are followed. */
  readonly reads: readonly ReadState[];
}

/** Threads that a user decided about, in channels that the user may see, and what waits there. */
export async function listOwnThreads(
  deps: ThreadDeps,
  userId: UserId,
  readable: readonly RoomChannels[],
): Promise<OwnThreads> {
  return await viewOwnThreads(deps, userId, {
    held: await findOwn(deps, userId),
    readable,
    unheard: await readUnheard(deps.sql, userId),
  });
}

/** Which threads those are, in channels that the user may see or not. */
export function findOwn(
  { sql, clock }: Pick<ThreadDeps, "sql" | "clock">,
  userId: UserId,
): Promise<FollowRow[]> {
  return findOwnThreads(sql, userId, { nowMs: clock.now(), limit: OWN_THREADS_MAX });
}

/** As `listOwnThreads`, where all that it begins with was read already. */
export async function viewOwnThreads(
  deps: ThreadDeps,
  userId: UserId,
  { held, readable, unheard }: {
    readonly held: readonly FollowRow[];
    readonly readable: readonly RoomChannels[];
    readonly unheard: Unheard;
  },
): Promise<OwnThreads> {
  const seen = held.flatMap((row) => {
    const place = readable.find(({ room }) => room.id === row.room_id);
    const channelId = place?.channelIds.find((id) => id === row.channel_id);
    if (place === undefined || channelId === undefined) return [];
    const rootId = row.root_id as EventId;
    return [{ following: row.following, at: { room: place.room, channelId, rootId } }];
  });
  const followed = seen.filter(({ following }) => following).map(({ at }) => at);
  const [threads, reads] = await Promise.all([
    projectThreadsOf(deps, seen.map(({ at }) => at)),
    threadReadStates(deps, userId, followed, { unheard }),
  ]);
  return {
    threads: seen.flatMap(({ at, following }) => {
      const thread = threads.get(at.rootId);
      return thread === undefined ? [] : [{ thread, following }];
    }),
    reads: reads.filter((read) => threads.has(read.thread_id ?? "")),
  };
}
