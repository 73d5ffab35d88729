import { effect, untracked } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { loadMissing, loadMore, loadSpan } from "../../lib/browser/history.ts";
import { markRead } from "../../lib/browser/messages.ts";
import { isEncrypted } from "../../lib/browser/privacy.ts";
import { useNearFirst } from "../../lib/browser/use_near_first.ts";
import { captureAnchor, restoreAnchor } from "../../lib/browser/scroll_anchor.ts";
import { dayKey, formatDay, formatTime } from "../../lib/format/time.ts";
import { Later, whenDrawn } from "../../lib/browser/hydrate_later.ts";
import { dmName, isGroup } from "../../lib/format/dm_name.ts";
import { t } from "../../lib/i18n/t.ts";
import type { ChatState } from "../../lib/store/chat.ts";
import { dropGone, isKnown, keepTimelines } from "../../lib/store/kept_timelines.ts";
import { plainText, type Venue, venueOf } from "../../lib/store/links.ts";
import type { ChannelWindow } from "../../lib/store/window.ts";
import { useAskAgain } from "../../lib/browser/use_ask_again.ts";
import { useHeld } from "../../lib/browser/use_held.ts";
import { NEW_TOP_PX } from "../../lib/open_timeline.ts";
import { buildRows, type ChangeLine, type Row } from "../../lib/store/rows.ts";
import { seenMessage } from "../../lib/store/conversations.ts";
import { channelOf, dmOf, placeKey, type TalkPlace } from "../../lib/store/place.ts";
import { Drawing } from "../Drawing.tsx";
import { Icon } from "../Icon.tsx";
import { useChat, useVenue, VenueContext } from "./chat_context.ts";
import { HiddenRow, MessageRow } from "./MessageRow.tsx";
import { ThreadRoot } from "./ThreadRoot.tsx";
import { PendingRow } from "./PendingRow.tsx";
import { cap } from "./Rail.tsx";

/** Pages on when less than this many pixels are left in that direction. */
const NEAR_PX = 700;
/** The reader counts as being at the present within this distance. */
const PRESENT_PX = 48;

/**
 * The timeline of `place`, and hidden beside it those that were open last: going back to one of
 * them only changes which is shown. One whose channel or conversation is taken away goes at once.
 */
export function Timelines({ place }: { place: TalkPlace }) {
  const held = useRef<readonly TalkPlace[]>([]);
  const [, redraw] = useState({});
  const state = useChat();
  // What is known changes often, and hardly ever says that something is gone.
  const known = untracked(() => state.known);
  held.current = keepTimelines(held.current, place, { windows: state.windows, known });
  const open = useRef(place);
  open.current = place;
  useEffect(() =>
    effect(() => {
      const { known } = state;
      dropGone(state.windows, known, open.current);
      if (!held.current.every((each) => isKnown(known, each))) redraw({});
    }), []);
  return (
    <div class="timelines">
      {held.current.map((each) => (
        <Timeline key={placeKey(each)} place={each} open={each === place} />
      ))}
      <NewlySaid />
    </div>
  );
}

/** What a timeline shows. */
interface View {
  readonly window: ChannelWindow;
  readonly newAfter: string | null | undefined;
  readonly timeZone: string;
  readonly encrypted: boolean;
  readonly changes: readonly ChangeLine[] | undefined;
  /** Ids of those messages of whom no more is shown than that they are there. */
  readonly hidden: string;
  readonly unread: number;
  readonly seenId: string | undefined;
  readonly venue: Venue;
}

function readView(state: ChatState, place: TalkPlace): View {
  const key = placeKey(place);
  const window = state.windowOf(key).value;
  const { known } = state;
  return {
    window,
    newAfter: state.newAfter.value.get(key),
    timeZone: state.timeZone.value,
    encrypted: isEncrypted(state, place.roomId),
    changes: place.root === undefined ? state.changes.value.get(place.roomId) : undefined,
    hidden: window.messages.filter((each) => state.isHidden(each)).map(({ id }) => id).join(),
    unread: state.reads.value.get(key)?.unread ?? 0,
    seenId: window.hasAfter || window.pending.length > 0 || place.root !== undefined
      ? undefined
      : seenMessage(dmOf(known, place), window.messages, state.self.value.user.id),
    venue: venueOf(known, place),
  };
}

/**
 * The messages of a channel. A feed: each message can be reached by keyboard. One that is not
 * `open` is out of reach and stands still: what it missed it takes in when it is shown again.
 */
export function Timeline({ place, open = true }: { place: TalkPlace; open?: boolean }) {
  const state = useChat();
  const key = placeKey(place);
  const view = useHeld(open, () => readView(state, place));
  const { window, seenId } = view;
  const venue = useMemo(() => view.venue, [view.venue.path, view.venue.guild]);
  const allRows = useRows(view, state.self.value.user.id);
  const [opensAt] = useState(() => openAt(place, allRows));
  const near = useNearFirst(allRows, {
    anchor: place.focus === null ? state.anchors.get(key) ?? firstAnchor(place, allRows) : null,
    height: state.timelinePx,
    open,
  });
  const { rows } = near;
  const scroll = useTimelineScroll(place, { ...near, allRows, open });
  const lastId = window.messages.at(-1)?.id;
  const drawn = useMemo(() =>
    rows.map((row) => (
      <Later key={row.key} now={row.key === place.focus}>
        <TimelineRow
          row={row}
          place={place}
          last={row.key === lastId}
          seen={row.key === seenId}
        />
      </Later>
    )), [rows, lastId, seenId, place.focus]);
  const jump = () => {
    if (window.hasAfter) {
      state.anchors.set(key, "present");
      void loadSpan(state, place, {});
    }
    scroll.toPresent();
  };
  return (
    <VenueContext.Provider value={venue}>
      <div class="timeline" inert={!open}>
        <div
          class="timeline-scroll"
          ref={scroll.ref}
          data-open={opensAt}
          onScroll={scroll.onScroll}
          tabIndex={-1}
        >
          <div class="timeline-rows">
            {window.messages.length === 0 && window.pending.length === 0
              ? window.loading === "all"
                ? <Skeletons count={8} />
                : !window.missing && <Top place={place} window={window} />
              : <Top place={place} window={window} />}
            {window.loading === "before" && <Skeletons count={3} />}
            {window.missing?.part === "before" && <NotLoaded window={window} place={place} />}
            <div
              role={rows.some(isArticle) ? "feed" : "group"}
              aria-label={t(place.root === undefined ? "timeline.label" : "thread.messages")}
              aria-busy={window.loading !== "none" ? "true" : "false"}
              onKeyDown={moveBetweenRows}
            >
              {drawn}
            </div>
            {window.loading === "after" && <Skeletons count={3} />}
            {window.missing?.part !== "before" && <NotLoaded window={window} place={place} />}
          </div>
        </div>
        {(scroll.away || window.hasAfter) && <JumpButton unread={view.unread} onClick={jump} />}
      </div>
    </VenueContext.Provider>
  );
}

/** Why a page of it did not come: stands where that page would. */
function NotLoaded({ window, place }: { window: ChannelWindow; place: TalkPlace }) {
  const state = useChat();
  const { missing } = window;
  // A network that comes back before the live connection was given up says nothing else of it.
  useEffect(() => {
    if (missing?.offline !== true) return;
    const again = () => loadMissing(state, place);
    addEventListener("online", again);
    return () => removeEventListener("online", again);
  }, [missing]);
  if (!missing) return null;
  const retry = (
    <button
      type="button"
      class="button small"
      onClick={() => loadMissing(state, place)}
    >
      {t("retry")}
    </button>
  );
  if (!missing.offline) {
    return <p class="timeline-error" role="status">{missing.reason} {retry}</p>;
  }
  // The bar above says that there is no connection, and offers to try again.
  const again = state.connection.value !== "reconnecting" && retry;
  return window.messages.length > 0
    ? <p class="timeline-offline" role="status">{t("offline.notKeptMore")} {again}</p>
    : (
      <div class="empty" role="status">
        <Drawing name="quiet" />
        <h3>{t("offline.notKept")}</h3>
        <p>{t("offline.notKeptText")}</p>
        {again}
      </div>
    );
}

/** A feed has articles; without any it is just a named part. */
function isArticle({ kind }: Row): boolean {
  return kind === "message" || kind === "pending" || kind === "change" ||
    kind === "hidden";
}

function JumpButton({ unread, onClick }: { unread: number; onClick: () => void }) {
  return (
    <button type="button" class="jump" onClick={onClick}>
      <Icon name="arrow_down" small />
      <span>{unread > 0 ? t("timeline.jumpNew", { n: cap(unread) }) : t("timeline.jump")}</span>
    </button>
  );
}

function useRows(
  { window, newAfter, timeZone, encrypted, changes, hidden }: View,
  selfId: string,
): Row[] {
  return useMemo(() => {
    const ids = new Set(hidden.split(","));
    const isHidden = ({ id }: { readonly id: string }) => ids.has(id);
    return buildRows(window, { newAfter, selfId, timeZone, encrypted, changes, isHidden });
  }, [window, newAfter, timeZone, encrypted, changes, hidden]);
}

/** For screen readers alone: the feed itself is silent. */
function NewlySaid() {
  const { n, text } = useChat().announcement.value;
  return (
    <div class="sr" role="log" aria-live="polite" aria-label={t("log.label")}>
      {text !== "" && <p key={n}>{text}</p>}
    </div>
  );
}

function TimelineRow(
  { row, place, last, seen }: { row: Row; place: TalkPlace; last: boolean; seen: boolean },
) {
  const state = useChat();
  if (row.kind === "day") {
    const zone = state.timeZone.value;
    return (
      // A feed holds articles: who works by keyboard finds the same in the menu of the channel.
      <div class="divider" aria-hidden="true" data-row={row.key}>
        <button
          type="button"
          tabIndex={-1}
          title={t("date.title")}
          onClick={() => state.overlay.value = { kind: "jumpToDate", day: dayKey(row.ts, zone) }}
        >
          {formatDay(row.ts, zone)}
        </button>
      </div>
    );
  }
  if (row.kind === "sealed") {
    return (
      // Its words are those of the lock in the header: no article, so not for screen readers.
      <div class="divider sealed" aria-hidden="true" data-row={row.key}>
        <span>
          <Icon name="lock" small /> {t("sealed.fromHere")}
          {row.above && <span class="faint">({t("sealed.above")})</span>}
        </span>
      </div>
    );
  }
  if (row.kind === "new") {
    return (
      <div class="divider new" aria-hidden="true" data-row={row.key}>
        <span>{t("timeline.new")}</span>
      </div>
    );
  }
  if (row.kind === "change") {
    const { id, icon, text, ts } = row.line;
    return (
      <article class="change" data-row={id} tabIndex={-1}>
        <Icon name={icon} small />
        <span>{text}</span> <time>{formatTime(ts, state.timeZone.value)}</time>
      </article>
    );
  }
  if (row.kind === "hidden") return <HiddenRow messages={row.messages} focus={place.focus} />;
  if (row.kind === "pending") {
    return <PendingRow pending={row.pending} grouped={row.grouped} place={place} />;
  }
  return (
    <MessageRow
      message={row.message}
      grouped={row.grouped}
      focused={place.focus === row.message.id}
      last={last}
      seen={seen}
    />
  );
}

/** Answers what says that the present is being looked at, if it is. */
function useReading(place: TalkPlace, ref: RefObject<HTMLElement>): () => void {
  const state = useChat();
  const key = placeKey(place);
  // What comes while nobody looks gets its line when somebody looks again.
  const unseen = useRef(false);
  return () => {
    const box = ref.current;
    if (!box) return;
    if (!document.hasFocus() || -box.scrollTop >= PRESENT_PX) {
      unseen.current = true;
      return;
    }
    if (unseen.current && !state.newAfter.value.has(key)) state.markOpened(key);
    unseen.current = false;
    // Columns and rows say what waits: not before they have been taken over.
    whenDrawn(() => markRead(state, place));
  };
}

/** Keeps the reader's row in place whatever loads, arrives or changes its height. */
function useTimelineScroll(
  place: TalkPlace,
  { rows, whole, allRows, open }: {
    readonly rows: readonly Row[];
    /** These are all rows: nothing is told by what is not here yet. */
    readonly whole: boolean;
    readonly allRows: readonly Row[];
    readonly open: boolean;
  },
) {
  const state = useChat();
  const key = placeKey(place);
  const ref = useRef<HTMLDivElement>(null);
  const [away, setAway] = useState(false);
  const read = useReading(place, ref);
  const seenTop = useRef(0);
  const restore = (box: HTMLElement) => {
    // Scrolled away from the present a moment ago, and the word of it is still under way.
    const leaving = seenTop.current === 0 && box.scrollTop !== 0;
    if (leaving && state.anchors.get(key) === "present") {
      state.anchors.set(key, captureAnchor(box));
    }
    restoreAnchor(box, state.anchors.get(key) ?? "present");
    seenTop.current = box.scrollTop;
  };
  const onScroll = () => {
    const box = ref.current;
    if (!box) return;
    seenTop.current = box.scrollTop;
    if (!whole) return;
    const window = state.windowOf(key).value;
    const below = -box.scrollTop;
    const above = box.scrollHeight - box.clientHeight - below;
    const present = below < PRESENT_PX && !window.hasAfter;
    state.anchors.set(key, present ? "present" : captureAnchor(box));
    setAway(below > box.clientHeight);
    if (above < NEAR_PX && window.hasBefore) void loadMore(state, place, "before");
    if (below < NEAR_PX && window.hasAfter) void loadMore(state, place, "after");
    if (present) read();
  };
  useLayoutEffect(() => {
    const box = ref.current;
    if (!box || !open || rows.length === 0) return;
    if (!state.anchors.has(key)) state.anchors.set(key, firstAnchor(place, allRows));
    restore(box);
    if (!whole) return;
    setAway(-box.scrollTop > box.clientHeight);
    numberArticles(box);
    read();
  }, [rows, open]);
  useFocusedRow(place, ref, open && rows.length > 0);
  useEffect(() => {
    const box = ref.current;
    if (!open || !box?.firstElementChild) return;
    const observer = new ResizeObserver(() => {
      restore(box);
      if (place.root === undefined) state.timelinePx = box.clientHeight;
    });
    observer.observe(box.firstElementChild);
    observer.observe(box);
    addEventListener("focus", read);
    return () => {
      observer.disconnect();
      removeEventListener("focus", read);
      // Nothing plays that cannot be seen nor stopped.
      for (const media of box.querySelectorAll<HTMLMediaElement>("audio, video")) media.pause();
    };
  }, [open]);
  return { ref, away, onScroll, toPresent: () => ref.current?.scrollTo({ top: 0 }) };
}

/** A permalink's message in the middle, with the focus, once it is `shown`. */
function useFocusedRow(place: TalkPlace, ref: RefObject<HTMLElement>, shown: boolean): void {
  const state = useChat();
  useLayoutEffect(() => {
    if (!shown) return;
    const box = ref.current;
    const row = place.focus &&
      box?.querySelector<HTMLElement>(`[data-row="${CSS.escape(place.focus)}"]`);
    if (!box || !row) return;
    row.scrollIntoView({ block: "center" });
    row.focus({ preventScroll: true });
    // Under a finger its tools would lie over the message: they come when it is touched.
    if (matchMedia("(pointer: coarse)").matches) state.active.value = null;
    // Before anything else measures: the scroll event comes too late.
    state.anchors.set(placeKey(place), captureAnchor(box));
  }, [place.focus, shown]);
}

/**
 * Where each message stands among those that are here. Written past the components: a page of
 * older messages changes every number, and no row has to be drawn anew for that.
 */
function numberArticles(box: HTMLElement): void {
  let at = 0;
  for (const article of box.querySelectorAll("article")) {
    const place = String(++at);
    if (article.ariaPosInSet === place) continue;
    article.ariaPosInSet = place;
    article.ariaSetSize = "-1";
  }
}

/** The row that a channel opens at: a message asked for, or what is new; none is the present. */
function openAt(place: TalkPlace, rows: readonly Row[]): string | undefined {
  if (place.focus !== null) return place.focus;
  const at = rows.findIndex((row) => row.kind === "new");
  return at >= 0 && rows.length - at > 12 ? "new" : undefined;
}

/** What is new stands a little below the top. */
function firstAnchor(place: TalkPlace, rows: readonly Row[]) {
  return openAt(place, rows) === "new" ? { id: "new", top: NEW_TOP_PX } : "present" as const;
}

function moveBetweenRows(event: KeyboardEvent) {
  const from = (event.target as HTMLElement).closest<HTMLElement>("article");
  const step = { PageUp: -1, ArrowUp: -1, PageDown: 1, ArrowDown: 1 }[event.key];
  if (!from || from !== event.target || step === undefined) return;
  const all = [...from.parentElement?.querySelectorAll<HTMLElement>("article") ?? []];
  const next = all[all.indexOf(from) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

/** Above the first row: where the channel begins, or why more of it is not here. */
function Top({ place, window }: { place: TalkPlace; window: ChannelWindow }) {
  const state = useChat();
  const { past, hasBefore, loading, messages } = window;
  const again = () =>
    void (messages.length === 0 ? loadSpan(state, place, {}) : loadMore(state, place, "before"));
  useAskAgain(past?.state === "fetching" ? past : undefined, again);
  if (past === undefined) {
    return hasBefore ? null : <Beginning place={place} empty={messages.length === 0} />;
  }
  return (
    <div class="beginning" role="status">
      <p class="muted">{t(`past.${past.state}`, { servers: past.servers.join(", ") })}</p>
      {past.state !== "withheld" && (
        <button type="button" class="button small" disabled={loading !== "none"} onClick={again}>
          {t("timeline.pastAgain")}
        </button>
      )}
    </div>
  );
}

function Beginning({ place, empty }: { place: TalkPlace; empty: boolean }) {
  return place.root === undefined
    ? <ChannelBeginning place={place} empty={empty} />
    : <ThreadRoot place={place} />;
}

function ChannelBeginning({ place, empty }: { place: TalkPlace; empty: boolean }) {
  const state = useChat();
  const { guild } = useVenue();
  const channel = channelOf(state.known, place);
  const dm = dmOf(state.known, place);
  const name = channel?.name ?? (dm ? dmName(dm, state.self.value.user.id) : "");
  const text = dm
    ? t(dm.kind === "group" ? "group.beginText" : "timeline.beginDmText")
    : channel?.topic
    ? plainText(state, channel.topic, guild)
    : (empty ? t("timeline.beginText") : undefined);
  return (
    <div class="beginning">
      <Drawing name={dm ? "letter" : "quiet"} />
      <h2>{isGroup(dm) ? name : t(dm ? "timeline.beginDm" : "timeline.begin", { name })}</h2>
      {text && <p class="muted">{text}</p>}
    </div>
  );
}

function Skeletons({ count }: { count: number }) {
  return (
    <div class="skeletons" aria-hidden="true">
      {Array.from({ length: count }, (_, i) => (
        <div class={`skeleton-row w${i % 4}`} key={i}>
          <span class="skeleton skeleton-avatar" />
          <span class="grow">
            <span class="skeleton skeleton-name" />
            <span class="skeleton skeleton-line" />
          </span>
        </div>
      ))}
    </div>
  );
}
