import { useEffect, useState } from "preact/hooks";
import { isTalk } from "../store/place.ts";
import type { ChatState } from "../store/chat.ts";
import { openSearch, type SearchHit, type SearchSource } from "./search.ts";

/** Whoever types is not answered for each letter (ms). */
const PAUSE_MS = 150;

export interface Found {
  readonly query: string;
  readonly hits: readonly SearchHit[];
  readonly hasMore: boolean;
}

export interface Searching {
  readonly source: SearchSource | undefined;
  readonly fault: string | undefined;
  readonly done: boolean;
  /** Messages looked through. */
  readonly read: number;
  /** Counts what makes it worth asking again. */
  readonly turn: number;
  readonly fail: (error: unknown) => void;
}

/** What searches the open conversation, from when the panel opens until it closes. */
export function useSource(state: ChatState): Searching {
  const place = state.place.value;
  const [source, setSource] = useState<SearchSource | undefined>(undefined);
  const [fault, setFault] = useState<string | undefined>(undefined);
  const [progress, setProgress] = useState({ done: false, read: 0, turn: 0 });
  const fail = (error: unknown) => setFault(error instanceof Error ? error.message : String(error));
  useEffect(() => {
    if (!isTalk(place)) return;
    const opened = openSearch(
      state,
      place,
      (now) => setProgress(({ turn }) => ({ ...now, turn: turn + 1 })),
    );
    opened.then(setSource, fail);
    return () => void opened.then((each) => each.close(), () => undefined);
  }, []);
  return { source, fault, ...progress, fail };
}

/** What is found once somebody stops typing; undefined before, and where nothing is asked. */
export function useFound(search: Searching, wanted: string, shown: number): Found | undefined {
  const [found, setFound] = useState<Found | undefined>(undefined);
  useEffect(() => {
    if (!search.source || wanted === "") return setFound(undefined);
    let late = false;
    const { source } = search;
    const timer = setTimeout(() =>
      void source.find(wanted, shown).then(
        (page) => late || setFound({ query: wanted, ...page }),
        search.fail,
      ), PAUSE_MS);
    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [search.source, search.turn, wanted, shown]);
  return found;
}
