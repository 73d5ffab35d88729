import { workerUrl } from "../browser/worker_urls.ts";
import { RemoteEngine } from "./remote_engine.ts";
import { channelName } from "./messages.ts";
import { Stays } from "./stays.ts";

/** After a worker that died: the next one. */
const RESTART_MS = 5000;

let opened: { readonly userId: string; readonly engine: RemoteEngine } | undefined;

function scriptUrl(): string {
  const url = document.querySelector<HTMLMetaElement>("meta[name=og-engine]")?.content;
  if (!url) throw new Error("This page does not name the script of the encryption.");
  return workerUrl(url);
}

/** Runs the engine in this tab, until its worker dies or the page is put away. */
function runHere(userId: string, away: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const worker = new Worker(scriptUrl(), { type: "module", name: userId });
    away.addEventListener("abort", () => {
      worker.terminate();
      resolve();
    }, { once: true });
    worker.onerror = () => {
      worker.terminate();
      setTimeout(resolve, RESTART_MS);
    };
    worker.onmessage = ({ data }) => {
      // What it kept was cleared: the session is over, or the browser wanted the room.
      if (data !== "lost") return;
      worker.terminate();
      setTimeout(resolve, RESTART_MS);
    };
  });
}

/**
 * Runs the engine whenever this tab is the one to do it. A page that is left lets go of it: WebKit
 * keeps such a page for whoever goes back, with its worker and the locks of both, which no other
 * page would get.
 */
async function serve(userId: string): Promise<never> {
  const stays = new Stays(globalThis);
  for (;;) {
    const signal = await stays.here();
    await navigator.locks.request(`og-e2ee tab ${userId}`, { signal }, async () => {
      while (!signal.aborted) await runHere(userId, signal);
    }).catch((error) => {
      if (!signal.aborted) throw error;
    });
  }
}

/**
 * The engine of this account, which one tab of the browser runs for all: the one that has the
 * lock, and the next when it closes.
 */
export function openEngineOf(userId: string): RemoteEngine {
  if (opened?.userId === userId) return opened.engine;
  const engine = new RemoteEngine(
    new BroadcastChannel(channelName(userId)),
    () => crypto.randomUUID(),
  );
  opened = { userId, engine };
  void serve(userId);
  // An answer that says no leaves everything as it was: the browser may then clear what is kept.
  // WebKit outside of Safari has no such store to ask.
  const store = navigator.storage as StorageManager | undefined;
  void store?.persist?.().catch(() => undefined);
  return engine;
}
