import { useEffect, useState } from "preact/hooks";
import type { Message } from "../../../../core/api/message.ts";
import { reasonOf } from "../../../lib/browser/browser_api.ts";
import {
  type Cleared,
  clearUpTo,
  goTo,
  loadAround,
  newerThan,
} from "../../../lib/browser/inbox.ts";
import { useMentions } from "../../../lib/browser/use_mentions.ts";
import { authorOf } from "../../../lib/format/author.ts";
import { faceOf } from "../../../lib/format/names.ts";
import { formatFull, formatRelative } from "../../../lib/format/time.ts";
import { t } from "../../../lib/i18n/t.ts";
import { type InboxPlace, inboxPlaces, newMentions } from "../../../lib/store/inbox.ts";
import { plainText } from "../../../lib/store/links.ts";
import { refKey } from "../../../lib/store/place.ts";
import { Avatar } from "../../Avatar.tsx";
import { Drawing } from "../../Drawing.tsx";
import { Icon } from "../../Icon.tsx";
import { useChat } from "../chat_context.ts";
import { ToolButton } from "../ToolButton.tsx";
import { InboxLine, InboxWait, textOf } from "./InboxLine.tsx";
import { useInboxKeys } from "./use_inbox_keys.ts";

interface Row {
  readonly message: Message;
  readonly place: InboxPlace;
}

/** Who mentioned the viewer or answered him, the newest first. */
export function InboxMentions(
  { onCleared }: { onCleared: (text: string, cleared: Cleared | undefined) => void },
) {
  const state = useChat();
  const { messages, next, busy, error, load } = useMentions(state);
  const places = inboxPlaces(state);
  const heard = (messages ?? []).filter(({ author }) => !state.isBlocked(author.id));
  const rows = heard.flatMap((message): Row[] => {
    const { room_id, channel_id } = message;
    const place = places.get(refKey({ room_id, channel_id }));
    return place ? [{ message, place }] : [];
  });
  const fresh = newMentions(state, heard);
  const clear = (at: number) => {
    const row = rows[at];
    if (!row || !fresh.has(row.message.id)) return;
    const name = row.place.name;
    onCleared(
      t("inbox.cleared", { name }),
      clearUpTo(state, row.message, newerThan(heard, row.message)),
    );
  };
  const { list, onKeyDown } = useInboxKeys(rows.length, clear);
  return (
    <>
      <ul
        ref={list}
        class="inbox-list"
        aria-label={t("inbox.mentions")}
        hidden={rows.length === 0}
        onKeyDown={onKeyDown}
      >
        {rows.map((row, at) => (
          <MentionRow
            key={row.message.id}
            {...row}
            fresh={fresh.has(row.message.id)}
            onClear={() => clear(at)}
          />
        ))}
      </ul>
      {error && (
        <div class="row-tight wrap">
          <p class="field-error grow" role="alert">{t("inbox.failed", { reason: error })}</p>
          <button type="button" class="button small" onClick={() => load(messages !== undefined)}>
            {t("inbox.again")}
          </button>
        </div>
      )}
      {messages === undefined && !error && <InboxWait lines={6} />}
      {messages !== undefined && rows.length === 0 && next === null && !error && (
        <div class="empty">
          <Drawing name="quiet" />
          <h3>{t("inbox.noMentions")}</h3>
          <p>{t("inbox.noMentionsText")}</p>
        </div>
      )}
      {next !== null && !error && (
        <button
          type="button"
          class="button small"
          disabled={busy}
          onClick={() => load(true)}
        >
          {t("inbox.more")}
        </button>
      )}
    </>
  );
}

function MentionRow({ message, place, fresh, onClear }: Row & {
  fresh: boolean;
  onClear: () => void;
}) {
  const state = useChat();
  const [around, setAround] = useState(false);
  const { author, origin_ts: ts, reply_to: reply } = message;
  const answered = reply?.author && !state.isBlocked(reply.author.id) ? reply : undefined;
  return (
    <li class={fresh ? "inbox-row fresh" : "inbox-row"}>
      <button
        type="button"
        class="inbox-go"
        data-stop
        title={t("inbox.jump")}
        onClick={() => goTo(state, place, message)}
      >
        <Avatar id={author.id} name={authorOf(message)} uri={faceOf(message)} size="s" />
        <span class="grow inbox-said">
          <span class="row-tight wrap">
            {fresh && <span class="sr">{t("inbox.new")}</span>}
            <span class="strong">{authorOf(message)}</span>
            <span class="tiny faint">{place.name}</span>
            <time class="tiny faint" title={formatFull(ts, state.timeZone.value)}>
              {formatRelative(ts, state.now.value)}
            </time>
          </span>
          {answered?.author && answered.excerpt && (
            <span class="row-tight tiny faint">
              <Icon name="reply" small />
              <span class="clip">
                {authorOf({ author: answered.author, webhook: answered.webhook })}:{" "}
                {plainText(state, answered.excerpt, place.guild)}
              </span>
            </span>
          )}
          <span class="block break">{textOf(state, message, place.guild)}</span>
        </span>
      </button>
      <span class="inbox-acts">
        <button
          type="button"
          class="icon-button small"
          data-stop-act
          title={t("inbox.context")}
          aria-label={t("inbox.context")}
          aria-expanded={around ? "true" : "false"}
          onClick={() => setAround(!around)}
        >
          <Icon name="list" small />
        </button>
        {fresh && (
          <ToolButton label={t("inbox.readTo")} onClick={onClear} act>
            <Icon name="check" small />
          </ToolButton>
        )}
      </span>
      {around && <Around message={message} place={place} />}
    </li>
  );
}

/** What was said next to a mention. */
function Around({ message, place }: Row) {
  const state = useChat();
  const [lines, setLines] = useState<readonly Message[] | undefined>(undefined);
  const [error, setError] = useState<string | undefined>(undefined);
  useEffect(() => {
    let late = false;
    loadAround(state, message).then(
      (found) => late || setLines(found),
      (thrown) => late || setError(reasonOf(thrown)),
    );
    return () => void (late = true);
  }, []);
  if (error) return <p class="field-error inbox-around" role="alert">{error}</p>;
  if (!lines) {
    return (
      <div class="inbox-around">
        <InboxWait lines={3} />
      </div>
    );
  }
  return (
    <ol class="inbox-around" aria-label={t("inbox.context")}>
      {lines.map((line) => (
        <li key={line.id}>
          <InboxLine message={line} guild={place.guild} strong={line.id === message.id} />
        </li>
      ))}
    </ol>
  );
}
