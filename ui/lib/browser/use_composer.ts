import { IS_BROWSER } from "fresh/runtime";
import { type RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { MESSAGE_BODY_CHARS } from "../limits.ts";
import { decodeMentions, encodeMentions } from "../md/mention_text.ts";
import type { ChatState } from "../store/chat.ts";
import { placeKey, refOfKey, type TalkPlace } from "../store/place.ts";
import { openDraft, readDraft, writeDraft } from "./drafts.ts";
import { takesOver } from "./hydrate_later.ts";
import { mentionNames } from "./mention_names.ts";
import { editMessage } from "./messages.ts";
import { reasonOf } from "./browser_api.ts";
import { sendMessage } from "./outgoing.ts";
import { replaceShortcode } from "./replace_shortcode.ts";
import { type Uploads, uploadsOf } from "./uploads.ts";
import { useCompletion } from "./use_completion.ts";
import { useSlowMode } from "./use_slow_mode.ts";
import { withTexts } from "../i18n/later.ts";

const TYPING_EVERY_MS = 6000;
/** What is carried out instead of being said. */
const COMMAND = /^\/[a-z]+(?=\s|$)/i;

export type ComposerApi = ReturnType<typeof useComposer>;

/** Text, mode, files and keys of one channel's composer. */
export function useComposer(state: ChatState, place: TalkPlace, slowModeS: number) {
  const area = useRef<HTMLTextAreaElement>(null);
  const key = placeKey(place);
  const uploads = uploadsOf(state, key);
  const { text, setText, mode, leaveMode, modeSignal, live } = useDraft(state, place, area);
  const completion = useCompletion(state, area, setText);
  const typing = useTyping(state, place);
  const [problem, setProblem] = useState<string | null>(null);
  const slowLeftS = useSlowMode(state, place, slowModeS);
  const emptyBox = () => {
    setText("");
    typing.end();
    modeSignal.value = { reply: null, edit: null };
    area.current?.focus();
  };
  const say = (body: string) => {
    if (slowLeftS > 0) return;
    state.anchors.set(key, "present");
    sendMessage(state, place, { body, media: uploads.take(), reply: mode.reply });
    emptyBox();
  };
  const submit = () => {
    const typed = text.trim();
    // Two slashes: the first only says that this is no command.
    const body = encodeMentions(
      mode.edit ? typed : typed.replace(/^\/(?=\/[a-z])/i, ""),
      mentionNames(state),
    );
    if (body.length > MESSAGE_BODY_CHARS) return;
    if (!mode.edit && uploads.busy) return due.wait();
    if (body === "" && (mode.edit !== null || !uploads.ready)) return;
    if (mode.edit) {
      if (body !== "" && body !== mode.edit.body) void editMessage(state, mode.edit, body);
      leaveMode();
    } else if (COMMAND.test(typed)) {
      void runTyped(state, place, typed).then((result) => {
        if (result === "done") emptyBox();
        else if ("say" in result) say(encodeMentions(result.say, mentionNames(state)));
        else setProblem(result.problem);
      });
    } else say(body);
  };
  const due = useDue(uploads, submit);
  const onInput = () => {
    const value = area.current?.value ?? "";
    due.end();
    setText(value);
    setProblem(null);
    completion.look(value);
    if (area.current) void replaceShortcode(state, area.current, setText);
    if (value !== "" && !mode.edit) typing.tell();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // 229: a key of an input method, where the browser does not say that it composes.
    if (event.isComposing || event.keyCode === 229 || completion.onKey(event)) return;
    const coarse = matchMedia("(pointer: coarse)").matches;
    if (event.key !== "Enter" || event.shiftKey || coarse) return;
    submit();
    event.preventDefault();
  };
  const onPaste = (event: ClipboardEvent) => {
    if (!mode.edit) takePasted(event, uploads);
  };
  const insert = (piece: string) => insertAtCaret(area.current, piece, setText);
  const onCaret = () => completion.look(area.current?.value ?? "");
  const box = useDropTarget((files) => uploads.add(files));
  const keys = { onInput, onKeyDown, onPaste, onCaret };
  const parts = { area, box, live, text, mode, uploads, completion, problem, slowLeftS };
  return { ...parts, isDue: due.waits, leaveMode, submit, insert, ...keys };
}

function takePasted(event: ClipboardEvent, uploads: Uploads): void {
  const files = [...event.clipboardData?.files ?? []];
  if (files.length === 0) return;
  event.preventDefault();
  uploads.add(files);
}

/**
 * What was sent before its files were here goes when they are. Whoever writes on, takes one of them
 * out, or has one that fails, sends anew.
 */
function useDue(uploads: Uploads, submit: () => void) {
  const [files, setFiles] = useState<readonly string[] | null>(null);
  const { items } = uploads;
  useEffect(() => {
    if (!files) return;
    const held = files.map((id) => items.find((item) => item.id === id));
    const lost = held.some((item) => item === undefined || item.error !== null);
    if (!lost && uploads.busy) return;
    setFiles(null);
    if (!lost) submit();
  }, [files, items]);
  return {
    waits: files !== null,
    wait: () => setFiles(items.map(({ id }) => id)),
    end: () => setFiles(null),
  };
}

/** Carries out a typed command. The scripts for it come with the first one. */
async function runTyped(state: ChatState, place: TalkPlace, text: string) {
  try {
    const { runCommand } = await withTexts(import("./run_command.ts"));
    return await runCommand(state, place, text);
  } catch (error) {
    return { problem: reasonOf(error) };
  }
}

/** The text of a channel: its draft, or the message that is being edited. */
function useDraft(state: ChatState, place: TalkPlace, area: RefObject<HTMLTextAreaElement>) {
  const key = placeKey(place);
  const modeSignal = state.modeOf(key);
  const mode = modeSignal.value;
  // At once where nothing was drawn by the server: an Enter before the first effects have run has
  // something to send, and the box is never seen empty.
  const [text, setShown] = useState(() =>
    IS_BROWSER && !takesOver() ? readDraft(state, key).text : ""
  );
  // Until scripts are here the form sends by itself and its button is never disabled.
  const [live, setLive] = useState(false);
  const setText = (next: string) => {
    setShown(next);
    if (modeSignal.value.edit === null) writeDraft(state, key, { text: next });
  };
  const leaveMode = () => {
    modeSignal.value = { reply: null, edit: null };
    area.current?.focus();
  };
  const edited = useRef(false);
  // What was typed before the scripts came must not be lost: neither to the next drawing of an
  // empty box nor to an Enter that finds nothing to send.
  useLayoutEffect(() => {
    const early = area.current?.value ?? "";
    if (early !== "") setShown(early);
  }, []);
  useEffect(() => {
    void openDraft(state, key).then((draft) => {
      const typed = area.current?.value ?? "";
      const { edit, reply } = modeSignal.value;
      if (!edit) setShown(typed !== "" ? typed : draft.text);
      if (draft.reply && !reply) modeSignal.value = { reply: draft.reply, edit };
      uploadsOf(state, key).restore(draft.files);
      setLive(true);
    });
    if (matchMedia("(pointer: fine)").matches) area.current?.focus();
  }, []);
  // Before the next key, not some time after: a key typed first would be written over.
  useLayoutEffect(() => {
    if (mode.edit) setShown(decodeMentions(mode.edit.body, mentionNames(state)));
    // However the edit ended: what was being written before is in the box again.
    else if (edited.current) setShown(readDraft(state, key).text);
    edited.current = mode.edit !== null;
    if (mode.edit ?? mode.reply) area.current?.focus();
    if (live && !mode.edit) writeDraft(state, key, { reply: mode.reply });
  }, [mode]);
  const returned = state.returned.value;
  useLayoutEffect(() => {
    if (returned?.key !== key) return;
    state.returned.value = null;
    const back = decodeMentions(returned.body, mentionNames(state));
    setText(text === "" ? back : `${back}\n${text}`);
    uploadsOf(state, key).addSent(returned.media);
    modeSignal.value = { reply: returned.reply, edit: null };
    area.current?.focus();
  }, [returned]);
  return { text, setText, mode, leaveMode, modeSignal, live };
}

/** Says that one is writing, now and then. */
function useTyping(state: ChatState, place: TalkPlace) {
  const toldMs = useRef(0);
  const tell = () => {
    if (Date.now() - toldMs.current < TYPING_EVERY_MS) return;
    toldMs.current = Date.now();
    state.transmit({ op: "typing", d: refOfKey(placeKey(place)) });
  };
  // A sent message ends it for the others: the next key begins anew.
  const end = () => {
    toldMs.current = 0;
  };
  return { tell, end };
}

function insertAtCaret(
  area: HTMLTextAreaElement | null,
  piece: string,
  setText: (text: string) => void,
) {
  if (!area) return;
  const { selectionStart: start, selectionEnd: end, value } = area;
  const next = value.slice(0, start) + piece + value.slice(end);
  area.value = next;
  area.focus();
  area.setSelectionRange(start + piece.length, start + piece.length);
  setText(next);
}

/** Files dropped on a thread go there, anywhere else on the page to the composer of the channel. */
function useDropTarget(onFiles: (files: Iterable<File>) => void) {
  const box = useRef<HTMLDivElement>(null);
  const latest = useRef(onFiles);
  latest.current = onFiles;
  useEffect(() => {
    const hasFiles = (event: DragEvent) => {
      const over = (event.target as Element).closest?.(".thread-panel") ?? null;
      const own = box.current?.closest(".thread-panel") ?? null;
      return over === own && (event.dataTransfer?.types.includes("Files") ?? false);
    };
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      box.current?.classList.add("dropping");
    };
    const leave = () => box.current?.classList.remove("dropping");
    const drop = (event: DragEvent) => {
      leave();
      if (!hasFiles(event)) return;
      event.preventDefault();
      latest.current(event.dataTransfer?.files ?? []);
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  }, []);
  return box;
}
