import { mayEdit } from "../store/message_rights.ts";
import { openPage } from "./open_page.ts";
import type { ShortcutId } from "../keys/shortcuts.ts";
import { nextUnwind } from "../keys/unwind.ts";
import type { ChatState } from "../store/chat.ts";
import { dmOf, guildOf, isTalk, placeKey } from "../store/place.ts";
import { activeTalk } from "./active_talk.ts";
import { openThread } from "./history.ts";
import { actOnMessage } from "./message_keys.ts";
import { acceptCall, callIn, declineCall, hasCalls } from "./conversation_call.ts";
import { closePopover, popoverOpen } from "./popovers.ts";
import { goToOldestUnread, goToPresent } from "./present.ts";
import { endSelection } from "./select_messages.ts";
import { closeSearchPanel, isSearchOpen, openSearchPanel } from "../search/open_panel.ts";

// What few keys do comes when it is first asked for.
const steps = () => import("./step_places.ts");
const reads = () => import("./mark_all_read.ts");

/** Does what a shortcut says. False: nothing to do, and the key stays the browser's. */
export function act(state: ChatState, id: ShortcutId): boolean {
  switch (id) {
    case "switcher":
    case "inbox":
      state.overlay.value = state.overlay.value?.kind === id ? null : { kind: id };
      return true;
    case "searchHere":
      return searchHere(state);
    case "help":
      state.overlay.value = state.overlay.value?.kind === "keys" ? null : { kind: "keys" };
      return true;
    case "close":
      return unwind(state);
    case "readAll":
      return readAll(state);
    case "channelUp":
    case "channelDown":
      void steps().then(({ stepTalk }) => stepTalk(state, id === "channelUp" ? -1 : 1, false));
      return true;
    case "unreadUp":
    case "unreadDown":
      void steps().then(({ stepTalk }) => stepTalk(state, id === "unreadUp" ? -1 : 1, true));
      return true;
    case "guildUp":
    case "guildDown":
      void steps().then(({ stepGuild }) => stepGuild(state, id === "guildUp" ? -1 : 1));
      return true;
    case "back":
      history.back();
      return true;
    case "forward":
      history.forward();
      return true;
    case "oldestUnread":
    case "present":
      return goInTime(state, id);
    case "nextArea":
    case "previousArea":
      void import("./landmarks.ts").then(({ stepArea }) => stepArea(id === "nextArea" ? 1 : -1));
      return true;
    case "settings":
      openPage("/settings", state);
      return true;
    case "upload":
      return press(".composer input[type=file]");
    case "emoji":
      return press(".composer .emoji-anchor > button");
    case "voiceMute":
    case "voiceDeafen":
    case "voicePriority":
    case "voiceTalk":
      return talk(state, id);
    case "callHere":
      return callHere(state);
    case "callDecline":
      return declineFirst(state);
    case "bold":
      return mark("**");
    case "italic":
      return mark("*");
    case "strike":
      return mark("~~");
    case "editLast":
      return editLast(state);
    default:
      return actOnMessage(state, id);
  }
}

/** In the box of the search a second press is the browser's own search in the page. */
function searchHere(state: ChatState): boolean {
  if (!isTalk(state.place.value) || document.activeElement?.closest(".search-box")) return false;
  openSearchPanel(state, state.finding.value ?? "here");
  return true;
}

/** Ends the nearest thing that is open; with nothing open, goes to the present. */
function unwind(state: ChatState): boolean {
  const place = activeTalk(state);
  const mode = place && state.modeOf(placeKey(place));
  const step = nextUnwind({
    popover: popoverOpen(),
    dialog: state.overlay.value !== null,
    selection: state.selection.value !== null,
    panel: state.panel.value !== "main" && state.panel.value !== "search",
    search: isSearchOpen(state),
    edit: Boolean(mode?.value.edit),
    reply: Boolean(mode?.value.reply),
    thread: place?.root !== undefined,
  });
  if (step === "popover") closePopover();
  else if (step === "dialog") state.overlay.value = null;
  else if (step === "selection") endSelection(state);
  else if (step === "panel") state.panel.value = "main";
  else if (step === "search") closeSearchPanel(state);
  else if (step === "thread") openThread(state, null);
  else if (step === "present") return place !== undefined && (goToPresent(state, place), true);
  else if (mode) {
    mode.value = { reply: null, edit: null };
    if (place?.root === undefined) focusComposer();
  }
  return true;
}

/** Outside of a call the keys stay the browser's. */
function talk(
  { voice }: ChatState,
  id: "voiceMute" | "voiceDeafen" | "voicePriority" | "voiceTalk",
): boolean {
  const { acts } = voice;
  if (id === "voiceMute") acts?.mute();
  else if (id === "voiceDeafen") acts?.deafen();
  else if (id === "voicePriority") acts?.prioritize();
  else acts?.push(true);
  return acts !== undefined;
}

/** Accepts the call that rings; else starts one in the conversation that is open, or joins it. */
function callHere(state: ChatState): boolean {
  const [ring] = state.voice.rings.value;
  if (ring) return acceptCall(state, ring), true;
  const dm = dmOf(state.known, state.place.value);
  if (!dm || !hasCalls(state, dm) || state.overlay.value !== null) return false;
  callIn(state, dm);
  return true;
}

function declineFirst(state: ChatState): boolean {
  const [ring] = state.voice.rings.value;
  if (ring) declineCall(state, ring);
  return ring !== undefined;
}

function focusComposer(): void {
  document.querySelector<HTMLElement>("textarea[name=body]")?.focus();
}

function readAll(state: ChatState): boolean {
  const guild = guildOf(state.known, state.place.value);
  void reads().then(({ markGuildRead, markDmsRead }) =>
    guild ? markGuildRead(state, guild) : markDmsRead(state)
  );
  return true;
}

function goInTime(state: ChatState, id: "oldestUnread" | "present"): boolean {
  const place = state.place.value;
  if (!isTalk(place)) return false;
  if (id === "present") goToPresent(state, place);
  else void goToOldestUnread(state, place);
  return true;
}

/** Presses a button of the page, where it is there. */
function press(selector: string): boolean {
  const button = document.querySelector<HTMLElement>(selector);
  button?.click();
  return button !== null;
}

function mark(sign: string): boolean {
  const area = document.activeElement;
  if (!(area instanceof HTMLTextAreaElement)) return false;
  void import("./format_area.ts").then(({ markArea }) => markArea(area, sign));
  return true;
}

function editLast(state: ChatState): boolean {
  const place = activeTalk(state);
  if (!place) return false;
  const mode = state.modeOf(placeKey(place));
  const message = state.windowOf(placeKey(place)).value.messages.findLast((each) =>
    mayEdit(state, each)
  );
  if (!message || mode.value.edit) return false;
  mode.value = { reply: null, edit: message };
  return true;
}
