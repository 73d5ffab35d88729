import type { ChatState } from "../store/chat.ts";
import { workerUrl } from "./worker_urls.ts";

const URL_OF_WORKER = "/sw.js";
/** How often an open tab asks whether there is a new version. */
const LOOK_MS = 60 * 60 * 1000;
/** A reload waits no longer than this for the new worker; it takes over later then. */
const TAKEOVER_MS = 3_000;
/** Where the look of the kept start page is written down. */
const SHELL_KEY = "og-shell";

function ask(worker: ServiceWorker): Promise<string> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = (event) => resolve(String(event.data));
    worker.postMessage("build", [port2]);
  });
}

/**
 * A worker that waits is of a newer build, or of the page's own after a reload: then it takes over
 * at once, else the reader is asked. Pages come from the server, so a reload is all it takes.
 */
async function meetWaiting(state: ChatState, registration: ServiceWorkerRegistration) {
  const { waiting } = registration;
  if (!waiting) return;
  const own = document.querySelector<HTMLMetaElement>("meta[name=og-build]")?.content;
  if (await ask(waiting) === own) waiting.postMessage("activate");
  else state.updateReady.value = true;
}

/**
 * Loads the newer version. Its worker takes over before: Chromium ends the old one for that, and
 * what the next page asks for meanwhile wakes it again, so that the new one is left waiting.
 */
export async function takeUpdate(): Promise<void> {
  const waiting = (await navigator.serviceWorker.getRegistration())?.waiting;
  if (waiting) {
    const late = AbortSignal.timeout(TAKEOVER_MS);
    await new Promise<void>((resolve) => {
      late.addEventListener("abort", () => resolve());
      waiting.addEventListener("statechange", () => {
        if (waiting.state === "activated") resolve();
      });
      waiting.postMessage("activate");
    });
  }
  location.reload();
}

/** The start page without a connection looks and speaks as this page does. */
function freshenShell(registration: ServiceWorkerRegistration): void {
  const { lang, dataset } = document.documentElement;
  const look = JSON.stringify([lang, Object.entries(dataset).sort()]);
  try {
    if (localStorage.getItem(SHELL_KEY) === look) return;
    localStorage.setItem(SHELL_KEY, look);
  } catch {
    // Without storage it is made anew each time.
  }
  // A worker that is about to be replaced is not woken for it.
  (registration.waiting ?? registration.active)?.postMessage("shell");
}

/** The worker of this page. */
export interface AppWorker {
  /** Looks for a newer version at once. */
  look(): void;
  /** Lets it be. */
  end(): void;
}

/** Registers the worker and watches for a new version; undefined where there can be none. */
export async function startWorker(
  state: ChatState,
): Promise<AppWorker | undefined> {
  if (!("serviceWorker" in navigator) || !isSecureContext) return undefined;
  const registration = await navigator.serviceWorker.register(workerUrl(URL_OF_WORKER));
  const met = () => void meetWaiting(state, registration);
  const found = () => {
    const coming = registration.installing;
    coming?.addEventListener("statechange", () => {
      if (coming.state === "installed" && registration.active) met();
    });
  };
  registration.addEventListener("updatefound", found);
  met();
  const { active } = await navigator.serviceWorker.ready;
  // A page that was on its way while the worker began is not among those that it took over.
  if (!navigator.serviceWorker.controller) active?.postMessage("claim");
  freshenShell(registration);
  // A server that cannot be reached now is asked again later.
  const look = () => void registration.update().catch(() => undefined);
  const timer = setInterval(look, LOOK_MS);
  return {
    look,
    end() {
      clearInterval(timer);
      registration.removeEventListener("updatefound", found);
    },
  };
}
