import { useEffect, useState } from "preact/hooks";
import { withTexts } from "../i18n/later.ts";

/** A script that did not come, as when the server is away, is asked for again after so long. */
const RETRY_MS = 5000;

/** Fetches a part with its texts, until it has come or the function returned is called. */
export function fetchPart<Part>(
  load: () => Promise<{ default: Part }>,
  take: (part: Part) => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  const fetch = () =>
    void withTexts(load()).then(
      (module) => {
        if (!ended) take(module.default);
      },
      () => {
        if (!ended) timer = setTimeout(fetch, RETRY_MS);
      },
    );
  fetch();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

/** A part of the page whose script is fetched when it is first needed. */
export function useLazy<Part>(wanted: boolean, load: () => Promise<{ default: Part }>) {
  const [part, setPart] = useState<{ value: Part } | undefined>(undefined);
  useEffect(() => {
    if (!wanted || part) return;
    return fetchPart(load, (value) => setPart({ value }));
  }, [wanted]);
  return part?.value;
}
