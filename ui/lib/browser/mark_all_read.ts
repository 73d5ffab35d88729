import type { Channel, ReadState } from "../../../core/api/channel.ts";
import type { Dm } from "../../../core/api/gateway.ts";
import type { Guild } from "../../../core/api/guild.ts";
import type { Thread } from "../../../core/api/thread.ts";
import type { ChatState } from "../store/chat.ts";
import { refKey } from "../store/place.ts";
import { threadsUnder } from "../store/threads.ts";
import { unreadOf } from "../store/unread.ts";
import { markStale, takeRead } from "../store/stale_reads.ts";
import { tellRead } from "./tell_read.ts";

/** Requests in flight at once when a whole guild is read. */
const AT_ONCE = 6;

export interface Talk {
  readonly room_id: string;
  readonly channel_id: string;
  readonly thread_id?: string | undefined;
  readonly last_message_id: string | null;
}

export const talkOf = (channel: Channel): Talk => ({
  room_id: channel.room_id,
  channel_id: channel.id,
  last_message_id: channel.last_message_id,
});

/** Clears every badge of a guild in this frame and tells the server. */
export function markGuildRead(state: ChatState, guild: Guild): Promise<void> {
  return markChannelsRead(state, guild.channels);
}

/** With the threads in them that are followed. */
export function markChannelsRead(state: ChatState, channels: readonly Channel[]): Promise<void> {
  const talks = channels.flatMap((channel): Talk[] => [
    talkOf(channel),
    ...threadsUnder(state, channel).map(talkOfThread),
  ]);
  return markTalksRead(
    state,
    talks.filter((talk) => {
      const { unread, mentions } = unreadOf(state.reads.value, talk);
      return unread > 0 || mentions > 0;
    }),
  );
}

function talkOfThread({ id, room_id, channel_id, last_id }: Thread): Talk {
  return { room_id, channel_id, thread_id: id, last_message_id: last_id };
}

/** Clears the badge of a conversation, or of all. */
export function markDmsRead(state: ChatState, only?: Dm): Promise<void> {
  const waiting = (only ? [only] : state.dms.value).filter((dm) => {
    const read = state.reads.value.get(refKey(dm));
    return dm.state !== "invited" && (read?.unread ?? 0) > 0;
  });
  return markTalksRead(state, waiting);
}

/** Clears badges in this frame, and tells the server until it resolves. */
export async function markTalksRead(state: ChatState, talks: readonly Talk[]): Promise<void> {
  const reads = new Map(state.reads.value);
  const fresh = new Map(state.newAfter.value);
  const left = talks.flatMap((talk) => {
    const key = refKey(talk);
    const held = reads.get(key);
    // What arrived after the list was sent is newer than what the list names.
    const last = state.windows.get(key)?.value;
    const newest = last && !last.hasAfter ? last.messages.at(-1)?.id : undefined;
    const id = newest ?? state.lastHeard.get(key) ?? talk.last_message_id;
    if (!held || id === null) return [];
    reads.set(key, { ...held, last_read_id: id, unread: 0, mentions: 0 });
    fresh.delete(key);
    return [{ key, talk, id }];
  });
  state.reads.value = reads;
  state.newAfter.value = fresh;
  await someAtOnce(left, async ({ key, talk, id }) => {
    await tellRead(withThread(talk), { event_id: id })
      .catch(() => markStale(state, [key])); // the server's count is shown again
  });
}

/** Puts markers back to where they were, so that what was cleared waits again. */
export async function takeBackRead(state: ChatState, before: readonly ReadState[]): Promise<void> {
  const reads = new Map(state.reads.value);
  for (const read of before) reads.set(refKey(read), read);
  state.reads.value = reads;
  await someAtOnce([...before], async (read) => {
    await tellRead(withThread(read), { event_id: read.last_read_id, back: true })
      .then(
        (answer) => answer && takeRead(state, answer),
        () => markStale(state, [refKey(read)]),
      );
  });
}

function withThread({ room_id, channel_id, thread_id }: Omit<Talk, "last_message_id">) {
  return { room_id, channel_id, ...(thread_id === undefined ? {} : { thread_id }) };
}

async function someAtOnce<Item>(left: Item[], act: (item: Item) => Promise<void>): Promise<void> {
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) await act(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
