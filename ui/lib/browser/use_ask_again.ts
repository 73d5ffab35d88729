import { useEffect, useRef } from "preact/hooks";

/** After so long what is being fetched is asked for again; twice that next. */
const FIRST_MS = 1500;
const LONGEST_MS = 30_000;

/** Asks again after each `answer` that says to, later and later; undefined: there is nothing to. */
export function useAskAgain(answer: object | undefined, again: () => void): void {
  const tries = useRef(0);
  useEffect(() => {
    if (answer === undefined) {
      tries.current = 0;
      return;
    }
    const waitMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** tries.current++);
    const timer = setTimeout(again, waitMs);
    return () => clearTimeout(timer);
  }, [answer]);
}
