import { effect } from "@preact/signals";
import { PART_LOST } from "../i18n/later.ts";
import type { ChatState } from "../store/chat.ts";

const URL_OF_BUILD = "/build.txt";
/** How browsers say that a script did not come; none has a name for it. */
const NO_SCRIPT = /dynamically imported module|importing a module script/i;

/** Offers the reload where the server has another build than that of the page. */
async function look(state: ChatState): Promise<void> {
  if (state.updateReady.peek()) return;
  const own = document.querySelector<HTMLMetaElement>("meta[name=og-build]")?.content;
  // Without an answer there is nothing to offer: what is lost is asked for again.
  const answer = await fetch(URL_OF_BUILD, { cache: "no-store" }).catch(() => undefined);
  if (!answer?.ok) return;
  if ((await answer.text()).trim() !== own) state.updateReady.value = true;
}

/**
 * A page that stays open longer than its build asks for parts that the server no longer has. Where
 * a service worker keeps them, it tells of the newer build itself.
 */
export function watchBuild(state: ChatState): () => void {
  const onLost = () => void look(state);
  const onRejected = ({ reason }: PromiseRejectionEvent) => {
    if (reason instanceof TypeError && NO_SCRIPT.test(reason.message)) onLost();
  };
  addEventListener(PART_LOST, onLost);
  addEventListener("unhandledrejection", onRejected);
  let seen = state.connection.peek();
  const stop = effect(() => {
    const now = state.connection.value;
    const back = now === "online" && seen === "reconnecting";
    if (back && !navigator.serviceWorker?.controller) onLost();
    seen = now;
  });
  return () => {
    removeEventListener(PART_LOST, onLost);
    removeEventListener("unhandledrejection", onRejected);
    stop();
  };
}
