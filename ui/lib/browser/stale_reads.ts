import { effect } from "@preact/signals";
import type { ChatState } from "../store/chat.ts";
import { refOfKey } from "../store/place.ts";
import { takeRead } from "../store/stale_reads.ts";
import { callApi } from "./browser_api.ts";

/** Frames that make a count stale come in bursts, as when many messages are deleted. */
const GATHER_MS = 300;
/** Questions of one burst; the rest wait for the next. */
const ASKED_AT_ONCE = 20;

/** Asks for the read states that frames have made stale. Returns what ends it. */
export function keepReadsFresh(state: ChatState): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = async () => {
    const keys = [...state.staleReads.value].slice(0, ASKED_AT_ONCE);
    await Promise.all(keys.map((key) => askFor(state, key)));
    timer = undefined;
    if (state.staleReads.value.size > 0) wait();
  };
  const wait = () => timer ??= setTimeout(ask, GATHER_MS);
  const end = effect(() => {
    if (state.staleReads.value.size > 0) wait();
  });
  return () => {
    end();
    clearTimeout(timer);
  };
}

async function askFor(state: ChatState, key: string): Promise<void> {
  const { room_id, ...query } = refOfKey(key);
  try {
    const read = await callApi("getRead", { params: { room_id }, query });
    takeRead(state, read);
  } catch {
    // Out of sight again, or offline: the next frame or snapshot says more.
    const stale = new Set(state.staleReads.value);
    stale.delete(key);
    state.staleReads.value = stale;
  }
}
