import { THREAD_COUNT_MAX } from "../../../core/api/shown.ts";
import type { Thread } from "../../../core/api/thread.ts";
import { nameOf } from "../../lib/format/names.ts";
import { threadPath } from "../../lib/format/paths.ts";
import { dayKey, formatDay, formatTime } from "../../lib/format/time.ts";
import { t } from "../../lib/i18n/t.ts";
import { threadName } from "../../lib/store/links.ts";
import { unreadOf } from "../../lib/store/unread.ts";
import { Avatar } from "../Avatar.tsx";
import { Icon } from "../Icon.tsx";
import { useChat, useVenue } from "./chat_context.ts";

/** "5 replies", as far as they are counted. */
export function repliesOf({ count }: Pick<Thread, "count">): string {
  return count >= THREAD_COUNT_MAX
    ? t("thread.manyReplies", { n: THREAD_COUNT_MAX - 1 })
    : t("thread.replies", { n: count });
}

/** Under a message: how much is in its thread, who wrote last, and when. */
export function ThreadLine({ thread }: { thread: Thread }) {
  const state = useChat();
  const { path, guild } = useVenue();
  const zone = state.timeZone.value;
  const { unread } = unreadOf(state.reads.value, {
    room_id: thread.room_id,
    channel_id: thread.channel_id,
    thread_id: thread.id,
  });
  const last = dayKey(thread.last_ts, zone) === dayKey(state.now.value, zone)
    ? formatTime(thread.last_ts, zone)
    : formatDay(thread.last_ts, zone);
  return (
    <a
      class={unread > 0 ? "thread-line unread" : "thread-line"}
      href={threadPath(path, thread.id)}
    >
      <span class="faces" aria-hidden="true">
        {thread.people.map((user) => (
          <Avatar key={user.id} id={user.id} name={nameOf(user)} uri={user.avatar} size="xs" />
        ))}
      </span>
      <span class="strong nowrap">{repliesOf(thread)}</span>
      {thread.title !== null && <span class="clip">{threadName(state, thread, guild)}</span>}
      {thread.last_ts > 0 && <span class="faint nowrap">{t("thread.last", { time: last })}</span>}
      {unread > 0 && <span class="sr">{t("nav.unread", { n: unread })}</span>}
      {thread.locked && <Icon name="lock" small />}
    </a>
  );
}
