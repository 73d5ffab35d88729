import type { ReadState } from "../../../core/api/channel.ts";
import { OWN_THREADS_MAX } from "../../../core/api/shown.ts";
import type { OwnThread } from "../../../core/api/thread.ts";
import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Room } from "../../rooms/room.ts";
import { threadReadStates } from "../reads/read_states.ts";
import { projectThreads, type ThreadDeps } from "./project_threads.ts";
import { findOwnThreads } from "./thread_rows.ts";

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
  readable: readonly { readonly room: Room; readonly channelIds: readonly ChannelId[] }[],
): Promise<OwnThreads> {
  const nowMs = deps.clock.now();
  const held = await findOwnThreads(deps.sql, userId, { nowMs, limit: OWN_THREADS_MAX });
  if (held.length === 0) return { threads: [], reads: [] };
  const found = new Map<string, OwnThread>();
  const followed: { room: Room; channelId: ChannelId; rootId: EventId }[] = [];
  for (const { room, channelIds } of readable) {
    const here = held.filter((row) =>
      row.room_id === room.id && channelIds.some((id) => id === row.channel_id)
    );
    const roots = here.map((row) => ({ channelId: row.channel_id, rootId: row.root_id }));
    const threads = await projectThreads(deps, room, roots);
    for (const { root_id: id, channel_id, following } of here) {
      const thread = threads.get(id);
      if (thread === undefined) continue;
      found.set(id, { thread, following });
      const at = { room, channelId: channel_id as ChannelId, rootId: id as EventId };
      if (following) followed.push(at);
    }
  }
  return {
    threads: held.flatMap((row) => found.get(row.root_id) ?? []),
    reads: await threadReadStates(deps, userId, followed),
  };
}
