import { takeNotify } from "../store/attention.ts";
import type { NotifyPlace } from "../store/notify_places.ts";
import type { ChatState } from "../store/chat.ts";
import type { NotifyLevel } from "../../../core/api/notify.ts";
import { t } from "../i18n/t.ts";
import { callApi, reasonOf } from "./browser_api.ts";
import { showToast } from "./toast.ts";

export interface NotifyChange {
  readonly level?: NotifyLevel | null;
  readonly suppress_everyone?: boolean;
  readonly suppress_roles?: boolean;
  readonly muted?: boolean;
  readonly mute_ms?: number;
}

/** Chooses for one place; all own devices hear of it. Throws what the server says. */
export async function chooseNotify(
  state: ChatState,
  place: NotifyPlace,
  change: NotifyChange,
): Promise<void> {
  const body = { room_id: place.roomId, channel_id: place.channelId, ...change };
  takeNotify(state, await callApi("setNotifySetting", { body }));
}

/** From a menu: silent until it is switched on again, or not silent any more. */
export async function toggleMute(
  state: ChatState,
  place: NotifyPlace,
  muted: boolean,
): Promise<void> {
  try {
    await chooseNotify(state, place, { muted });
    showToast(state, muted ? t("knowing.nowMuted") : t("knowing.nowUnmuted"));
  } catch (error) {
    showToast(state, reasonOf(error), true);
  }
}
