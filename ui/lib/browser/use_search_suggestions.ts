import { useEffect, useRef, useState } from "preact/hooks";
import type { Subject } from "../search/subject.ts";
import {
  type SearchSuggestion,
  suggestFor,
  suggestMorePeople,
  type TypedPart,
  typedPart,
} from "../search/suggest.ts";
import type { ChatState } from "../store/chat.ts";

/** The server is asked for more people once typing rests this long (ms). */
const TYPING_MS = 150;

/** What the word at the caret could become, and what a choice does. */
export function useSearchSuggestions(
  state: ChatState,
  { subject, box, setText }: {
    readonly subject: Subject;
    readonly box: { readonly current: HTMLInputElement | null };
    readonly setText: (text: string) => void;
  },
) {
  const [list, setList] = useState<readonly SearchSuggestion[]>([]);
  const [at, setAt] = useState(-1);
  const typed = useRef<TypedPart | undefined>(undefined);
  const asking = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const close = () => {
    typed.current = undefined;
    setList([]);
    setAt(-1);
  };
  useEffect(() => () => clearTimeout(asking.current), []);
  const look = (value: string) => {
    const part = typedPart(value, box.current?.selectionStart ?? value.length);
    // Between two words nothing is offered: what was found stands below.
    if (part.filter === undefined && part.value === "" && value.trim() !== "") return close();
    typed.current = part;
    setList(suggestFor(state, subject, part));
    setAt(-1);
    clearTimeout(asking.current);
    asking.current = setTimeout(() => {
      // Without an answer the list stands as it is.
      void suggestMorePeople(state, subject, part).catch(() => undefined).then((more) => {
        if (more && typed.current === part) setList(more);
      });
    }, TYPING_MS);
  };
  const take = (chosen: SearchSuggestion) => {
    const input = box.current;
    const part = typed.current;
    if (!input || !part) return;
    const next = input.value.slice(0, part.start) + chosen.insert +
      input.value.slice(part.end).trimStart();
    const caret = part.start + chosen.insert.length;
    // At once, not with the next frame: the next key may be here before it.
    input.value = next;
    input.setSelectionRange(caret, caret);
    setText(next);
    if (chosen.insert.endsWith(":")) look(next);
    else close();
  };
  return { list, at, setAt, look, close, take };
}
