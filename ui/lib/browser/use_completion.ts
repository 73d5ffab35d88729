import type { RefObject } from "preact";
import { useRef, useState } from "preact/hooks";
import type { ChatState } from "../store/chat.ts";
import { findTrigger, suggest, type Suggestion, suggestMore, type Trigger } from "./completion.ts";

/** The server is asked once typing rests this long. */
const TYPING_MS = 150;

export interface Completion {
  readonly list: readonly Suggestion[];
  readonly at: number;
  look(value: string): void;
  /** True where the key was for the list. */
  onKey(event: KeyboardEvent): boolean;
  take(index: number): void;
  hover(index: number): void;
}

/** The list over the composer: a combobox whose input is the text area. */
export function useCompletion(
  state: ChatState,
  area: RefObject<HTMLTextAreaElement>,
  setText: (text: string) => void,
): Completion {
  const [list, setList] = useState<readonly Suggestion[]>([]);
  const [at, setAt] = useState(0);
  const trigger = useRef<Trigger | undefined>(undefined);
  const asking = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  // What stands there when a later answer comes, not when it was asked for.
  const shown = useRef({ list, at });
  shown.current = { list, at };
  const close = () => {
    trigger.current = undefined;
    setList([]);
  };
  const look = (value: string) => {
    const box = area.current;
    const found = box ? findTrigger(value, box.selectionStart) : undefined;
    trigger.current = found;
    if (!found) return setList([]);
    void suggest(state, found).then((suggestions) => {
      // A slower answer to an earlier key must not replace the list of a later one.
      if (trigger.current !== found) return;
      setList(suggestions);
      setAt(0);
    });
    clearTimeout(asking.current);
    asking.current = setTimeout(() => void lookFurther(found), TYPING_MS);
  };
  const lookFurther = async (found: Trigger) => {
    // Without an answer the list stands as it is: what is held can be chosen.
    const suggestions = await suggestMore(state, found).catch(() => undefined);
    if (trigger.current !== found || suggestions === undefined) return;
    const chosen = shown.current.list[shown.current.at]?.key;
    setList(suggestions);
    setAt(Math.max(0, suggestions.findIndex((each) => each.key === chosen)));
  };
  const take = (index: number) => {
    const box = area.current;
    const chosen = list[index];
    const held = trigger.current;
    if (!box || !chosen || !held) return;
    const end = held.start + 1 + held.query.length;
    const next = `${box.value.slice(0, held.start)}${chosen.insert} ${box.value.slice(end)}`;
    const caret = held.start + chosen.insert.length + 1;
    // At once, not with the next frame: the next key may be here before it.
    box.value = next;
    box.focus();
    box.setSelectionRange(caret, caret);
    setText(next);
    close();
  };
  const onKey = (event: KeyboardEvent): boolean => {
    if (list.length === 0) return false;
    if (event.key === "ArrowDown") setAt((at + 1) % list.length);
    else if (event.key === "ArrowUp") setAt((at + list.length - 1) % list.length);
    else if (event.key === "Enter" || event.key === "Tab") take(at);
    else if (event.key === "Escape") close();
    else return false;
    event.preventDefault();
    return true;
  };
  return { list, at, look, onKey, take, hover: setAt };
}
