import { useEffect, useRef, useState } from "preact/hooks";
import type { Message } from "../../../core/api/message.ts";
import type { ChatState } from "../store/chat.ts";
import { reasonOf } from "./browser_api.ts";
import { loadMentions, mentionsWaiting, openSealed } from "./inbox.ts";

/** Mentions that come in a burst are asked for together (ms). */
const GATHER_MS = 300;

export interface MentionList {
  /** The newest first; undefined until the first page has come. */
  readonly messages: readonly Message[] | undefined;
  readonly next: string | null;
  readonly busy: boolean;
  readonly error: string | undefined;
}

interface Held extends MentionList {
  /** Asks for the newest page, or for the one after what is held. */
  readonly load: (older: boolean) => void;
}

/** What mentions the viewer, as long as the list is open; what comes meanwhile comes into it. */
export function useMentions(state: ChatState): Held {
  const [list, setList] = useState<MentionList>({
    messages: undefined,
    next: null,
    busy: true,
    error: undefined,
  });
  const open = useRef(true);
  const load = async (older: boolean) => {
    setList((held) => ({ ...held, busy: true, error: undefined }));
    try {
      const page = await loadMentions(older ? list.next : null);
      if (!open.current) return;
      setList((held) => taken(held, page, older));
      const opened = await openSealed(state, page.messages);
      if (open.current) setList((held) => ({ ...held, messages: replaced(held.messages, opened) }));
    } catch (error) {
      if (open.current) setList((held) => ({ ...held, busy: false, error: reasonOf(error) }));
    }
  };
  useEffect(() => {
    void load(false);
    return () => void (open.current = false);
  }, []);
  const waiting = mentionsWaiting(state);
  const known = useRef(waiting);
  useEffect(() => {
    const more = waiting > known.current;
    known.current = waiting;
    if (!more) return;
    const timer = setTimeout(() => void load(false), GATHER_MS);
    return () => clearTimeout(timer);
  }, [waiting]);
  return { ...list, load: (older) => void load(older) };
}

interface Page {
  readonly messages: readonly Message[];
  readonly next: string | null;
}

function taken(held: MentionList, page: Page, older: boolean): MentionList {
  const before = held.messages ?? [];
  const ids = new Set(page.messages.map(({ id }) => id));
  const rest = before.filter(({ id }) => !ids.has(id));
  if (older) return { messages: [...rest, ...page.messages], ...quiet(page.next) };
  const last = page.messages.at(-1);
  // What is older than the newest page was asked for before, and stays.
  const kept = last === undefined || page.next === null
    ? []
    : rest.filter(({ order }) => order < last.order);
  return {
    messages: [...page.messages, ...kept],
    ...quiet(kept.length === 0 ? page.next : held.next),
  };
}

function quiet(next: string | null) {
  return { next, busy: false, error: undefined };
}

function replaced(
  messages: readonly Message[] | undefined,
  opened: readonly Message[],
): readonly Message[] | undefined {
  const byId = new Map(opened.map((each) => [each.id, each]));
  return messages?.map((each) => byId.get(each.id) ?? each);
}
