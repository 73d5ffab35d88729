import type { NotifySetting } from "../../../core/api/notify.ts";
import { refKey } from "./place.ts";

/** A guild (`channelId` null), a channel in it, or a conversation (`guildId` null). */
export interface NotifyPlace {
  readonly roomId: string;
  readonly channelId: string | null;
  readonly guildId: string | null;
}

export function notifyKey(roomId: string, channelId: string | null): string {
  return refKey({ room_id: roomId, channel_id: channelId ?? "" });
}

/** By place: what was chosen. */
export function settingsByPlace(
  settings: readonly NotifySetting[],
): ReadonlyMap<string, NotifySetting> {
  return new Map(settings.map((each) => [notifyKey(each.room_id, each.channel_id), each]));
}
