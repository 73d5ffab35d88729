import { useState } from "preact/hooks";
import type { Thread } from "../../../../core/api/thread.ts";
import { useThreads } from "../../../lib/browser/use_threads.ts";
import { useFollowed } from "../../../lib/browser/use_followed.ts";
import { nameOf } from "../../../lib/format/names.ts";
import { threadPath } from "../../../lib/format/paths.ts";
import { formatFull, formatRelative } from "../../../lib/format/time.ts";
import { t } from "../../../lib/i18n/t.ts";
import { threadShown } from "../../../lib/store/attention.ts";
import { threadName } from "../../../lib/store/links.ts";
import { Avatar } from "../../Avatar.tsx";
import { Drawing } from "../../Drawing.tsx";
import { Icon } from "../../Icon.tsx";
import { useChat, useVenue } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { InboxWait } from "../inbox/InboxLine.tsx";
import { MentionBadge } from "../MentionBadge.tsx";
import { repliesOf } from "../ThreadLine.tsx";

/** Threads of the open channel, those that are put away too, by name. */
export default function Threads() {
  const state = useChat();
  const [archived, setArchived] = useState(false);
  const [name, setName] = useState("");
  const { found, busy, error, more } = useThreads(state, archived, name.trim());
  return (
    <Dialog title={t("thread.list")}>
      <div class="stack">
        <input
          class="input"
          type="search"
          aria-label={t("thread.search")}
          placeholder={t("thread.search")}
          autocomplete="off"
          enterkeyhint="search"
          value={name}
          autofocus
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <div class="row-tight thread-which" role="group" aria-label={t("thread.which")}>
          {[false, true].map((each) => (
            <button
              key={String(each)}
              type="button"
              class="button small"
              aria-pressed={archived === each ? "true" : "false"}
              onClick={() => setArchived(each)}
            >
              {each ? t("thread.archived") : t("thread.active")}
            </button>
          ))}
        </div>
        {busy && found.threads.length === 0 && <InboxWait lines={3} />}
        {error && <p class="field-error" role="alert">{error}</p>}
        {!busy && !error && found.threads.length === 0 && (
          <div class="empty">
            <Drawing name="quiet" />
            <h3>{t(name.trim() === "" ? "thread.none" : "thread.notFound")}</h3>
            {name.trim() === "" && !archived && <p>{t("thread.noneText")}</p>}
          </div>
        )}
        <ul class="stack thread-list" aria-busy={busy ? "true" : "false"}>
          {found.threads.map((thread) => (
            <ThreadItem
              key={thread.id}
              thread={thread}
              onPick={() => state.overlay.value = null}
            />
          ))}
        </ul>
        {found.cursor !== null && (
          <button type="button" class="button" disabled={busy} onClick={more}>
            {t("thread.moreOfThem")}
          </button>
        )}
      </div>
    </Dialog>
  );
}

function ThreadItem({ thread, onPick }: { thread: Thread; onPick: () => void }) {
  const state = useChat();
  const { path, guild } = useVenue();
  const { unread, mentions } = useFollowed(
    () => threadShown(state, guild?.id ?? null, thread),
    [thread, guild?.id],
  );
  return (
    <li>
      <a
        class={unread > 0 ? "thread-item unread" : "thread-item"}
        href={threadPath(path, thread.id)}
        onClick={onPick}
      >
        <span class="thread-news">
          {unread > 0 && (
            <span class="dot news-dot">
              <span class="sr">{t("nav.unread", { n: unread })}</span>
            </span>
          )}
        </span>
        <span class="grow">
          <span class="strong block clip">
            {threadName(state, thread)} {thread.locked && <Icon name="lock" small />}
          </span>
          <span class="small faint">
            {repliesOf(thread)}
            {thread.last_ts > 0 && (
              <time title={formatFull(thread.last_ts, state.timeZone.value)}>
                {`, ${formatRelative(thread.last_ts, state.now.value)}`}
              </time>
            )}
          </span>
        </span>
        {mentions > 0 && <MentionBadge mentions={mentions} />}
        <span class="faces" aria-hidden="true">
          {thread.people.map((user) => (
            <Avatar key={user.id} id={user.id} name={nameOf(user)} uri={user.avatar} size="xs" />
          ))}
        </span>
      </a>
    </li>
  );
}
