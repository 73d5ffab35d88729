import { effect } from "@preact/signals";
import { IS_BROWSER } from "fresh/runtime";
import { useEffect, useMemo } from "preact/hooks";
import { ChatContext } from "../components/chat/chat_context.ts";
import { Main } from "../components/chat/Main.tsx";
import { MARKDOWN } from "../components/chat/Markdown.tsx";
import { Members } from "../components/chat/Members.tsx";
import { Overlays, PlaceMenus, VerificationDesk } from "../components/chat/Overlays.tsx";
import { SearchSlot } from "../components/chat/SearchSlot.tsx";
import { Rail } from "../components/chat/Rail.tsx";
import { RingSlot } from "../components/chat/RingSlot.tsx";
import { Sidebar } from "../components/chat/Sidebar.tsx";
import { ThreadPanel } from "../components/chat/ThreadPanel.tsx";
import { Toasts } from "../components/chat/Toasts.tsx";
import { goToLogin } from "../lib/browser/browser_api.ts";
import { startAnnouncing } from "../lib/browser/announce.ts";
import type { BackCloses } from "../lib/browser/back_closes.ts";
import { applyFrame } from "../lib/browser/dispatch.ts";
import { GatewayClient } from "../lib/browser/gateway.ts";
import { beforeParts, inTurns, Later, whenDrawn } from "../lib/browser/hydrate_later.ts";
import { dayKey, formatFull } from "../lib/format/time.ts";
import { ANSWERED } from "../lib/browser/answered.ts";
import { closeOfflineToasts } from "../lib/browser/toast.ts";
import { followPath, openPlace, reloadMissing, reloadOpen } from "../lib/browser/history.ts";
import { confirmSent, sendWaiting, startOutbox } from "../lib/browser/outgoing.ts";
import { openPage } from "../lib/browser/open_page.ts";
import { bindKeys } from "../lib/browser/keys.ts";
import { keepColors } from "../lib/browser/color_sheet.ts";
import type { AppWorker } from "../lib/browser/service_worker.ts";
import { watchNear } from "../lib/browser/near_presence.ts";
import { keepReadsFresh } from "../lib/browser/stale_reads.ts";
import { followTitle } from "../lib/browser/title.ts";
import { useFollowed } from "../lib/browser/use_followed.ts";
import { t } from "../lib/i18n/t.ts";
import { type ChatProps, ChatState } from "../lib/store/chat.ts";
import { guildOf, parsePlace, threadPlace } from "../lib/store/place.ts";
import { withTexts } from "../lib/i18n/later.ts";

const CLOCK_MS = 5000;

/** The whole app: what the server drew, taken over and kept live. */
export default function ChatApp(props: ChatProps) {
  const state = useMemo(() => {
    const state = new ChatState(props);
    if (IS_BROWSER) {
      MARKDOWN.fetch();
      // The first dates that a browser writes take it longer than all the rows of a timeline.
      const zone = state.timeZone.peek();
      beforeParts(() => void formatFull(props.nowMs, zone));
      beforeParts(() => void dayKey(props.nowMs, zone));
    }
    return state;
  }, []);
  useEffect(() => {
    const endings: (() => void)[] = [];
    whenDrawn(() => endings.push(start(state)));
    endings.push(bindKeys(state));
    return () => {
      for (const end of endings) end();
    };
  }, []);
  const panel = state.panel.value;
  const { beside } = useFollowed(() => ({ beside: threadPlace(state.place.value) !== undefined }));
  return (
    <ChatContext.Provider value={state}>
      <div
        class={`app show-${panel}${state.membersOpen.value ? "" : " no-members"}${
          state.finding.value === null ? "" : " searching"
        }${beside ? " has-thread" : ""}`}
        onClick={(event) => followLink(event, state)}
      >
        <div class="nav-panel" id="nav">
          <Later>
            <Rail />
          </Later>
          <Later>
            <Sidebar />
          </Later>
        </div>
        <Later first>
          <Main />
        </Later>
        <ThreadPanel />
        <Members />
        <SearchSlot />
        <button
          type="button"
          class="veil-close"
          aria-label={t("nav.close")}
          tabIndex={panel === "main" ? -1 : 0}
          onClick={() => state.panel.value = "main"}
        />
      </div>
      <Overlays />
      <PlaceMenus />
      <VerificationDesk />
      <RingSlot />
      <Toasts />
    </ChatContext.Provider>
  );
}

/** Links to places of the app change the state; everything else loads as a page. */
function followLink(event: MouseEvent, state: ChatState) {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element).closest<HTMLAnchorElement>("a[href]");
  if (!link || link.target !== "" || link.origin !== location.origin) return;
  if (link.hasAttribute("download")) return;
  const { panel } = state;
  const chooses = panel.value === "nav" && link.closest(".rail") !== null;
  if (followPath(state, link.pathname)) {
    // On a phone: whoever chooses a guild there wants to see what is in it.
    if (chooses) panel.value = "nav";
    return event.preventDefault();
  }
  // What loads as a page of its own would end the call of this one.
  if (!state.voice.call.value) return;
  event.preventDefault();
  openPage(link.href, state);
}

type Step = () => (() => void) | void;

/** Everything that lives as long as the tab, begun in turns of the page. Returns what ends it. */
function start(state: ChatState): () => void {
  const endings: (() => void)[] = [];
  let ended = false;
  const keep = (end: (() => void) | void) => {
    if (!end) return;
    if (ended) end();
    else endings.push(end);
  };
  const steps: readonly Step[] = [
    () => followBack(state, keep),
    () => {
      const gateway = openGateway(state);
      return () => gateway.stop();
    },
    () => {
      const onAnswer = () => closeOfflineToasts(state);
      addEventListener(ANSWERED, onAnswer);
      return () => removeEventListener(ANSWERED, onAnswer);
    },
    () => readClock(state),
    () => startOutbox(state),
    () => startAnnouncing(state),
    () => openPlace(state, state.place.value, "none"),
    () => keepReadsFresh(state),
    () => watchNear(state),
    () => effect(() => keepColors(state)),
    () => followTitle(state),
    ...laterSteps(state, keep),
  ];
  inTurns(steps.map((step) => () => {
    if (!ended) keep(step());
  }));
  return () => {
    ended = true;
    for (const end of endings) end();
  };
}

type Keep = (end: () => void) => void;

/** Ways back lead to what was open. */
function followBack(state: ChatState, keep: Keep): () => void {
  let closing: BackCloses | undefined;
  const onBack = () => {
    if (closing?.moved()) return;
    const place = parsePlace(state.known, location.pathname);
    if (place) openPlace(state, place, "none");
    else location.reload();
  };
  addEventListener("popstate", onBack);
  void import("../lib/browser/back_closes.ts").then((module) => {
    closing = new module.BackCloses(state);
    keep(closing.start());
  }).catch(() => undefined);
  return () => removeEventListener("popstate", onBack);
}

function readClock(state: ChatState): () => void {
  state.timeZone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
  document.cookie = `og_tz=${encodeURIComponent(state.timeZone.value)}; Path=/; ` +
    "Max-Age=31536000; SameSite=Lax";
  const tick = () => state.now.value = Date.now();
  tick();
  const clock = setInterval(tick, CLOCK_MS);
  return () => clearInterval(clock);
}

/** What may wait until the page works: keeping things for later, and new versions. */
function laterSteps(state: ChatState, keep: Keep): Step[] {
  /** Its script is fetched, and what it begins is kept; without it the page works as well. */
  const fetched = (come: () => Promise<() => void>): Step => () => {
    void come().then(keep, () => undefined);
  };
  return [
    () =>
      effect(() => {
        const guild = guildOf(state.known, state.place.value);
        if (!guild?.welcome) return;
        void import("../lib/browser/greet.ts").then(({ greet }) => greet(state, guild.id));
      }),
    fetched(async () => {
      if (!("Notification" in globalThis)) return () => undefined;
      const { startNotifications } = await withTexts(import("../lib/browser/notify.ts"));
      return startNotifications(state);
    }),
    fetched(async () => (await import("../lib/browser/quiet.ts")).followQuiet(state)),
    fetched(async () => (await import("../lib/browser/page_habits.ts")).startHabits(state)),
    fetched(async () => (await import("../lib/browser/privacy_start.ts")).startPrivacy(state)),
    fetched(async () => (await import("../lib/browser/keep_offline.ts")).keepOffline(state)),
    fetched(async () => (await import("../lib/browser/new_build.ts")).watchBuild(state)),
    fetched(async () => {
      const { startWorker } = await import("../lib/browser/service_worker.ts");
      return followWorker(state, await startWorker(state));
    }),
  ];
}

function followWorker(state: ChatState, worker: AppWorker | undefined): () => void {
  if (!worker) return () => undefined;
  let seen = state.connection.peek();
  const stop = effect(() => {
    const now = state.connection.value;
    // The server came back: perhaps as a newer one.
    if (now === "online" && seen === "reconnecting") worker.look();
    seen = now;
  });
  return () => {
    worker.end();
    stop();
  };
}

function openGateway(state: ChatState): GatewayClient {
  // Drawn from what was kept here: all of it is taken anew.
  let lost = state.position === "";
  const gateway = new GatewayClient({
    frame: (frame) => {
      closeOfflineToasts(state);
      state.heard?.(frame);
      applyFrame(state, frame);
      if (frame.op === "dispatch" && frame.t === "message.create") confirmSent(state, frame.d);
      // A new snapshot instead of a resume: what is held may have gaps.
      if (frame.op === "ready" && lost) reloadOpen(state);
      if (frame.op === "resumed") reloadMissing(state);
      if (frame.op === "ready" || frame.op === "resumed") lost = false;
      if (frame.op === "reset") lost = true;
    },
    connected: () => {
      state.connection.value = "online";
      state.voice.acts?.online();
      sendWaiting(state);
    },
    lost: () => {
      lost = true;
      state.connection.value = "reconnecting";
    },
    sessionEnded: goToLogin,
    position: () => state.position,
  });
  state.transmit = (frame) => gateway.send(frame);
  state.reconnect = gateway.tryNow;
  gateway.start();
  return gateway;
}
