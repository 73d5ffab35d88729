/** What the installed app keeps in a browser. */
import type { Page } from "playwright-core";
import { waitFor } from "../harness/wait_for.ts";

/** What lies in the browser: whose it is, and how many messages of each channel. */
export function keptIn(page: Page): Promise<{ userId: string; counts: number[] }> {
  return page.evaluate(() =>
    new Promise<{ userId: string; counts: number[] }>((resolve, reject) => {
      const opening = indexedDB.open("openguild-offline");
      // Before the app has made its store nothing is kept, and this must not make an empty one:
      // the app would wait for it to be closed.
      let absent = false;
      opening.onupgradeneeded = () => {
        absent = true;
        opening.transaction?.abort();
      };
      opening.onerror = () => absent ? resolve({ userId: "", counts: [] }) : reject(opening.error);
      opening.onsuccess = () => {
        const db = opening.result;
        const transaction = db.transaction(["app", "channels"]);
        const app = transaction.objectStore("app").get("app");
        const channels = transaction.objectStore("channels").getAll();
        transaction.onerror = () => reject(transaction.error);
        transaction.oncomplete = () => {
          db.close();
          resolve({
            userId: app.result?.userId ?? "",
            counts: channels.result.map((channel) => channel.messages.length).sort((a, b) => a - b),
          });
        };
      };
    })
  );
}

/** Waits until the browser keeps so many messages of its channels, the fewest first. */
export async function keeps(page: Page, counts: readonly number[]): Promise<void> {
  await waitFor(
    `[${counts}] messages to be kept`,
    async () => `${(await keptIn(page)).counts}` === `${counts}`,
  );
}

/** The worker is in charge and has the start page. */
export async function workerReady(page: Page): Promise<void> {
  await waitFor(
    "the worker to be ready",
    () =>
      page.evaluate(async () =>
        navigator.serviceWorker.controller?.state === "activated" &&
        await caches.match("/offline") !== undefined
      ),
  );
}
