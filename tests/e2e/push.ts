import type { BrowserContext, Page } from "playwright-core";
import type { PushService } from "../harness/push_service.ts";
import { waitFor } from "../harness/wait_for.ts";

/** A notification as the browser shows it. */
export interface ShownNote {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
}

/**
 * The edge of the browser that tests stand in for: it asks no push service of its maker for a
 * subscription, but has the one of the tests.
 */
export async function subscribeAt(context: BrowserContext, service: PushService): Promise<void> {
  const { endpoint, p256dh, auth } = service.subscription;
  await context.addInitScript(({ endpoint, p256dh, auth }) => {
    const held = "og-test-subscribed";
    const subscription = {
      endpoint,
      options: { applicationServerKey: null },
      toJSON: () => ({ endpoint, keys: { p256dh, auth } }),
      unsubscribe: () => Promise.resolve(localStorage.removeItem(held) === undefined),
    };
    const manager = (globalThis as unknown as { PushManager: { prototype: object } }).PushManager;
    Object.assign(manager.prototype, {
      subscribe: () => Promise.resolve((localStorage.setItem(held, "1"), subscription)),
      getSubscription: () => Promise.resolve(localStorage.getItem(held) ? subscription : null),
    });
  }, { endpoint, p256dh, auth });
}

/** Hands what came to the push service over to the browser's worker, as the browser itself would. */
export async function deliver(page: Page, origin: string, opened: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const registration = Promise.withResolvers<string>();
  session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
    for (const each of registrations) {
      if (!each.isDeleted && each.scopeURL.startsWith(origin)) {
        registration.resolve(each.registrationId);
      }
    }
  });
  await session.send("ServiceWorker.enable");
  const registrationId = await registration.promise;
  await session.send("ServiceWorker.deliverPushMessage", { origin, registrationId, data: opened });
  await session.detach();
}

/**
 * All notifications, read in turn as the product does (ui/lib/browser/note_turns.ts): Chromium
 * loses one that is being shown while somebody reads the list.
 */
export const LIST_NOTES = `navigator.locks.request("og-notes", async () =>
  (globalThis.registration ?? await navigator.serviceWorker.ready).getNotifications())`;

const FIND = (title: string) =>
  `(async () => {
    const found = (await ${LIST_NOTES}).find((each) => each.title === ${JSON.stringify(title)});
    return found && { title: found.title, body: found.body, tag: found.tag };
  })()`;

/** Waits for a notification with a title, as a page of the server sees it. */
export function shownNote(page: Page, title: string): Promise<ShownNote> {
  return waitFor(
    `a notification ${JSON.stringify(title)}`,
    () => page.evaluate<ShownNote | undefined>(FIND(title)),
  );
}

/** The same, as the worker sees it: no page has to be open. */
export function workerNote(context: BrowserContext, title: string): Promise<ShownNote> {
  return waitFor(
    `a notification ${JSON.stringify(title)}`,
    async () => await context.serviceWorkers().at(-1)?.evaluate<ShownNote | undefined>(FIND(title)),
  );
}

/** How many notifications of a title there are, as the worker sees it. */
export async function countNotes(context: BrowserContext, title: string): Promise<number> {
  const titled = `${LIST_NOTES}.then((all) =>
    all.filter((each) => each.title === ${JSON.stringify(title)}).length)`;
  return await context.serviceWorkers().at(-1)?.evaluate<number>(titled) ?? 0;
}

/** Presses a notification, as far as a page can: its worker hears of it. */
export async function pressNote(context: BrowserContext, title: string): Promise<void> {
  await context.serviceWorkers().at(-1)?.evaluate(async (title) => {
    const scope = globalThis as unknown as {
      registration: ServiceWorkerRegistration;
      NotificationEvent: new (kind: string, init: object) => Event;
    };
    const notification = (await navigator.locks.request(
      "og-notes",
      () => scope.registration.getNotifications(),
    )).find((each) => each.title === title);
    dispatchEvent(new scope.NotificationEvent("notificationclick", { notification }));
  }, title);
}

/** A call rings for a browser nobody looks at, and is missed: one notice stands for both. */
export async function ringAndEnd(
  page: Page,
  { origin, roomId: room_id }: { readonly origin: string; readonly roomId: string },
): Promise<void> {
  // Somebody who looks at the page hears it there.
  await page.goto("about:blank");
  const context = page.context();
  const send = (payload: object) =>
    deliver(page, origin, JSON.stringify({ v: 1, room_id, ...payload }));
  await send({ kind: "call" });
  const ringing = await workerNote(context, "Somebody is calling");
  await send({ kind: "call_over", missed: true });
  const missed = await workerNote(context, "You missed a call");
  if (missed.tag !== ringing.tag) throw new Error("the notices stand beside each other");
  await send({ kind: "call_over", missed: false });
  await waitFor(
    "the notice to go",
    async () => {
      const worker = context.serviceWorkers().at(-1);
      return worker !== undefined &&
        await worker.evaluate(FIND("You missed a call")) === undefined;
    },
  );
  await page.goBack();
}

/** The browser gives its subscription up: its worker subscribes again and tells the server. */
export async function changeSubscription(
  context: BrowserContext,
  service: PushService,
): Promise<void> {
  const { p256dh, auth } = service.subscription;
  const endpoint = `${service.origin}/p/again`;
  const answered = context.waitForEvent(
    "response",
    (response) =>
      response.url().endsWith("/client/v1/account/push") && response.request().method() === "PUT",
  );
  await context.serviceWorkers().at(-1)?.evaluate((made) => {
    const scope = globalThis as unknown as {
      PushManager: { prototype: object };
      ExtendableEvent: new (kind: string) => Event;
    };
    Object.assign(scope.PushManager.prototype, {
      subscribe: () => Promise.resolve({ toJSON: () => made }),
    });
    dispatchEvent(new scope.ExtendableEvent("pushsubscriptionchange"));
  }, { endpoint, keys: { p256dh, auth } });
  const response = await answered;
  if (!response.ok()) throw new Error(`the server answered ${response.status()}`);
  const sent = response.request().postDataJSON() as { endpoint: string };
  if (sent.endpoint !== endpoint) throw new Error(`it was told of ${sent.endpoint}`);
}
