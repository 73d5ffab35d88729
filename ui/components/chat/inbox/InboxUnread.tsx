import { useEffect, useState } from "preact/hooks";
import type { Message } from "../../../../core/api/message.ts";
import { type Cleared, clearPlaces, goTo, loadLines } from "../../../lib/browser/inbox.ts";
import { reasonOf } from "../../../lib/browser/browser_api.ts";
import { channelIcon } from "../../../lib/format/channel_icon.ts";
import { formatRelative } from "../../../lib/format/time.ts";
import { t } from "../../../lib/i18n/t.ts";
import { type WaitingPlace, waitingPlaces } from "../../../lib/store/inbox.ts";
import { channelOf } from "../../../lib/store/place.ts";
import { Drawing } from "../../Drawing.tsx";
import { Icon } from "../../Icon.tsx";
import { useChat } from "../chat_context.ts";
import { DmFace } from "../DmFace.tsx";
import { cap } from "../Rail.tsx";
import { ToolButton } from "../ToolButton.tsx";
import { InboxLine, InboxWait } from "./InboxLine.tsx";
import { useInboxKeys } from "./use_inbox_keys.ts";

/** Places whose lines are fetched at a time. */
const PAGE = 10;

/** Channels and conversations with something new, the newest first, with their last lines. */
export function InboxUnread(
  { onCleared }: { onCleared: (text: string, cleared: Cleared | undefined) => void },
) {
  const state = useChat();
  const [shown, setShown] = useState(PAGE);
  const waiting = waitingPlaces(state);
  const rows = waiting.slice(0, shown);
  const clear = (at: number) => {
    const row = rows[at];
    if (row) onCleared(t("inbox.cleared", { name: row.name }), clearPlaces(state, [row]));
  };
  const clearAll = () =>
    onCleared(t("inbox.clearedAll", { n: waiting.length }), clearPlaces(state, waiting));
  const { list, onKeyDown } = useInboxKeys(rows.length, clear);
  return (
    <>
      {waiting.length > 0 && (
        <button type="button" class="button small inbox-all" onClick={clearAll}>
          <Icon name="check" small /> {t("inbox.readAll")}
        </button>
      )}
      <ul
        ref={list}
        class="inbox-list"
        aria-label={t("inbox.unread")}
        hidden={rows.length === 0}
        onKeyDown={onKeyDown}
      >
        {rows.map((row, at) => <UnreadRow key={row.key} row={row} onClear={() => clear(at)} />)}
      </ul>
      {waiting.length === 0 && (
        <div class="empty">
          <Drawing name="quiet" />
          <h3>{t("inbox.allRead")}</h3>
          <p>{t("inbox.allReadText")}</p>
        </div>
      )}
      {waiting.length > shown && (
        <button
          type="button"
          class="button small"
          onClick={() => setShown(shown + PAGE)}
        >
          {t("inbox.more")}
        </button>
      )}
    </>
  );
}

function UnreadRow({ row, onClear }: { row: WaitingPlace; onClear: () => void }) {
  const state = useChat();
  const channel = channelOf(state.known, row.place);
  return (
    <li class={row.mentions > 0 ? "inbox-row fresh" : "inbox-row"}>
      <button type="button" class="inbox-go" data-stop onClick={() => goTo(state, row, null)}>
        {row.dm ? <DmFace dm={row.dm} size="s" /> : (
          <span class="inbox-sign">
            <Icon
              name={row.place.root !== undefined
                ? "thread"
                : channel
                ? channelIcon(channel)
                : "hash"}
              small
            />
          </span>
        )}
        <span class="grow inbox-said">
          <span class="row-tight wrap">
            <span class="strong">{row.name}</span>
            {row.mentions > 0 && (
              <span class="badge">
                {cap(row.mentions)}
                <span class="sr">{t("inbox.mentions")}</span>
              </span>
            )}
            {row.unread > 0 && <span class="tiny faint">{t("inbox.count", { n: row.unread })}
            </span>}
            <time class="tiny faint">{formatRelative(row.newest, state.now.value)}</time>
          </span>
          <Lines row={row} />
        </span>
      </button>
      <span class="inbox-acts">
        <ToolButton label={t("inbox.readPlace", { name: row.name })} onClick={onClear} act>
          <Icon name="check" small />
        </ToolButton>
      </span>
    </li>
  );
}

/** The newest lines of a place; fetched anew when something comes there. */
function Lines({ row }: { row: WaitingPlace }) {
  const state = useChat();
  const [lines, setLines] = useState<readonly Message[] | undefined>(undefined);
  const [error, setError] = useState<string | undefined>(undefined);
  useEffect(() => {
    let late = false;
    loadLines(state, row).then(
      (found) => {
        if (late) return;
        setError(undefined);
        setLines(found);
      },
      (thrown) => late || setError(reasonOf(thrown)),
    );
    return () => void (late = true);
  }, [row.newest, row.unread]);
  if (error) return <span class="tiny faint">{t("inbox.failed", { reason: error })}</span>;
  if (!lines) return <InboxWait lines={1} />;
  return (
    <>
      {lines.map((line) => <InboxLine key={line.id} message={line} guild={row.guild} />)}
    </>
  );
}
