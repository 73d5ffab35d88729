import { t } from "../i18n/t.ts";
import { clearDevices } from "../e2ee/clear_devices.ts";
import { RestKey } from "../e2ee/rest_key.ts";
import { clearOffline } from "../offline/offline_db.ts";
import { forgetSearches } from "../search/recent.ts";
import { forgetDrafts } from "./drafts.ts";
import { openOutboxStore } from "./outbox_store.ts";

/**
 * Takes what this browser keeps of an account off it before its session ends: what can be read
 * without a connection, drafts, searches, messages that were not sent. False where somebody would rather
 * stay than lose these.
 */
export async function forgetHere(userId: string): Promise<boolean> {
  const store = await openOutboxStore();
  const unsent = await store.list(userId);
  if (unsent.length > 0 && !confirm(t("me.logoutUnsent", { n: unsent.length }))) return false;
  for (const { nonce } of unsent) await store.remove(nonce);
  forgetDrafts(userId);
  forgetSearches(userId);
  await clearOffline();
  await Promise.all([clearDevices(), RestKey.forget(userId)]);
  return true;
}
