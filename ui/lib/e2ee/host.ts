import { workerUrl } from "../browser/worker_urls.ts";
import { RemoteEngine } from "./remote_engine.ts";
import { channelName } from "./messages.ts";

/** After a worker that died: the next one. */
const RESTART_MS = 5000;

let opened: { readonly userId: string; readonly engine: RemoteEngine } | undefined;

function scriptUrl(): string {
  const url = document.querySelector<HTMLMetaElement>("meta[name=og-engine]")?.content;
  if (!url) throw new Error("This page does not name the script of the encryption.");
  return workerUrl(url);
}

/** Runs the engine in this tab, until its worker dies. */
function runHere(userId: string): Promise<void> {
  return new Promise((resolve) => {
    const worker = new Worker(scriptUrl(), { type: "module", name: userId });
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
  void navigator.locks.request(`og-e2ee tab ${userId}`, async () => {
    for (;;) await runHere(userId);
  });
  // An answer that says no leaves everything as it was: the browser may then clear what is kept.
  // WebKit outside of Safari has no such store to ask.
  const store = navigator.storage as StorageManager | undefined;
  void store?.persist?.().catch(() => undefined);
  return engine;
}
