import { useEffect, useState } from "preact/hooks";
import type { Thread } from "../../../core/api/thread.ts";
import type { ChatState } from "../store/chat.ts";
import { isTalk, refKey } from "../store/place.ts";
import { withThread } from "../store/threads.ts";
import { callApi, reasonOf } from "./browser_api.ts";

/** A key pressed sooner than this after the last one does not ask anew. */
const TYPING_MS = 250;

interface Found {
  readonly threads: readonly Thread[];
  readonly cursor: number | null;
}

const NOTHING: Found = { threads: [], cursor: null };

/** Threads of the open channel, page by page, asked for anew when what is looked for changes. */
export function useThreads(state: ChatState, archived: boolean, name: string) {
  const place = state.place.value;
  const [found, setFound] = useState<Found>(NOTHING);
  const [busy, setBusy] = useState(true);
  const [error, setError] = useState<string | undefined>(undefined);
  const ask = async (former: Found, isCurrent: () => boolean) => {
    if (!isTalk(place)) return;
    setBusy(true);
    setError(undefined);
    try {
      const { threads, cursor } = await callApi("listThreads", {
        params: { room_id: place.roomId },
        query: {
          channel_id: place.channelId,
          archived: archived ? "yes" : "no",
          ...(name === "" ? {} : { name }),
          ...(former.cursor === null ? {} : { before: former.cursor }),
        },
      });
      if (isCurrent()) setFound({ threads: [...former.threads, ...threads], cursor });
    } catch (thrown) {
      if (isCurrent()) setError(reasonOf(thrown));
    } finally {
      if (isCurrent()) setBusy(false);
    }
  };
  useEffect(() => {
    let current = true;
    const delayMs = name === "" ? 0 : TYPING_MS;
    const timer = setTimeout(() => void ask(NOTHING, () => current), delayMs);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [archived, name]);
  useEffect(() =>
    state.heardThread.subscribe((thread) => {
      if (
        !thread || !isTalk(place) ||
        refKey(thread) !== refKey({ room_id: place.roomId, channel_id: place.channelId })
      ) return;
      setFound(({ threads, cursor }) => ({
        threads: withThread(threads, thread, { archived, whole: name === "" }),
        cursor,
      }));
    }), [archived, name]);
  const more = () => void ask(found, () => true);
  return { found, busy, error, more };
}
