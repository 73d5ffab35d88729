import type { PushDevice } from "../../../core/api/push.ts";
import { base64UrlOf } from "./base64url.ts";
import { callApi } from "./browser_api.ts";
import { workerUrl } from "./worker_urls.ts";

const URL_OF_WORKER = "/sw.js";

/** Whether this device can be told while no page is open, and whether it is. */
export type PushStanding =
  | "unknown"
  /** The browser has no push, or the page is not secure. */
  | "missing"
  /** An iPhone or iPad tells installed apps alone. */
  | "install"
  /** The server tells no devices. */
  | "closed"
  | "off"
  | "on";

export interface PushHere {
  readonly standing: PushStanding;
  readonly key: string | null;
  readonly devices: readonly PushDevice[];
}

export async function readPush(): Promise<PushHere> {
  const { key, devices } = await callApi("getPush", {});
  return { key, devices, standing: await standingOf(key, devices) };
}

async function standingOf(
  key: string | null,
  devices: readonly PushDevice[],
): Promise<PushStanding> {
  if (key === null) return "closed";
  if (!("serviceWorker" in navigator) || !("PushManager" in globalThis)) {
    return isApple() ? "install" : "missing";
  }
  const registration = await navigator.serviceWorker.getRegistration();
  const held = await registration?.pushManager.getSubscription();
  return held && devices.some(({ current }) => current) ? "on" : "off";
}

function isApple(): boolean {
  return /iPhone|iPad/.test(navigator.userAgent) ||
    /Mac/.test(navigator.platform) && navigator.maxTouchPoints > 1;
}

/** Subscribes at the browser's push service and says so to the server. */
export async function beginPush(key: string): Promise<void> {
  await navigator.serviceWorker.register(workerUrl(URL_OF_WORKER));
  const { pushManager } = await navigator.serviceWorker.ready;
  const old = await pushManager.getSubscription();
  // One of another key, as of a server that was set up anew, cannot be used.
  const held = old?.options.applicationServerKey;
  if (old && (!held || base64UrlOf(held) !== key)) await old.unsubscribe();
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = made.toJSON();
  await callApi("subscribePush", {
    body: { endpoint: endpoint ?? "", p256dh: keys?.["p256dh"] ?? "", auth: keys?.["auth"] ?? "" },
  });
}

/** Ends it for a session; for this one at the browser's push service too. */
export async function endPush(device: PushDevice): Promise<void> {
  await callApi("unsubscribePush", { params: { session_id: device.session_id } });
  if (!device.current) return;
  const registration = await navigator.serviceWorker.getRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}
