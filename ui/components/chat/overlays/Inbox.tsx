import { useState } from "preact/hooks";
import { type Cleared, takeBack } from "../../../lib/browser/inbox.ts";
import { t } from "../../../lib/i18n/t.ts";
import { allShown } from "../../../lib/store/attention.ts";
import { waitingPlaces } from "../../../lib/store/inbox.ts";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { InboxMentions } from "../inbox/InboxMentions.tsx";
import { InboxUnread } from "../inbox/InboxUnread.tsx";
import { cap } from "../Rail.tsx";

const TABS = ["mentions", "unread"] as const;
type Tab = (typeof TABS)[number];

/** What was marked as read last, in words. */
interface Note {
  readonly text: string;
  readonly cleared: Cleared;
}

/** What needs the viewer, of every guild and conversation: who mentioned him, and what waits. */
export default function Inbox() {
  const state = useChat();
  const counts = { mentions: allShown(state).mentions, unread: waitingPlaces(state).length };
  const [tab, setTab] = useState<Tab>(() =>
    counts.mentions === 0 && counts.unread > 0 ? "unread" : "mentions"
  );
  const [note, setNote] = useState<Note | undefined>(undefined);
  const cleared = (text: string, made: Cleared | undefined) => {
    if (made) setNote({ text, cleared: made });
  };
  const undo = () => {
    if (note) void takeBack(state, note.cleared);
    setNote(undefined);
    document.getElementById(`inbox-tab-${tab}`)?.focus();
  };
  const singles = state.keys.value.singles;
  return (
    <Dialog title={t("inbox.title")} tall>
      <Tabs tab={tab} counts={counts} onChoose={setTab} />
      <div
        role="tabpanel"
        id="inbox-panel"
        class="inbox"
        aria-labelledby={`inbox-tab-${tab}`}
      >
        {tab === "mentions"
          ? <InboxMentions onCleared={cleared} />
          : <InboxUnread onCleared={cleared} />}
      </div>
      <div class="inbox-foot row-tight wrap">
        <p class="grow small muted" role="status">{note?.text}</p>
        {note && (
          <button type="button" class="button small" onClick={undo}>{t("inbox.undo")}</button>
        )}
        <p class="tiny faint hint-keys">{singles ? t("inbox.keys") : t("inbox.keysPlain")}</p>
      </div>
    </Dialog>
  );
}

function Tabs({ tab, counts, onChoose }: {
  tab: Tab;
  counts: Readonly<Record<Tab, number>>;
  onChoose: (tab: Tab) => void;
}) {
  const step = (event: KeyboardEvent) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    const other = tab === "mentions" ? "unread" : "mentions";
    onChoose(other);
    document.getElementById(`inbox-tab-${other}`)?.focus();
  };
  return (
    <div role="tablist" class="inbox-tabs" aria-label={t("inbox.title")} onKeyDown={step}>
      {TABS.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`inbox-tab-${name}`}
          class={tab === name ? "inbox-tab here" : "inbox-tab"}
          aria-selected={tab === name ? "true" : "false"}
          aria-controls="inbox-panel"
          tabIndex={tab === name ? 0 : -1}
          autofocus={tab === name}
          onClick={() => onChoose(name)}
        >
          {t(`inbox.${name}`)}
          {counts[name] > 0 && (
            <span class={name === "mentions" ? "badge" : "tag"}>{cap(counts[name])}</span>
          )}
        </button>
      ))}
    </div>
  );
}
