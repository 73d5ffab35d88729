import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { MediaPurpose } from "../../../core/api/media.ts";

/** Why a file is kept: each use lets those see it who may see the thing that uses it. */
export type MediaUse =
  /** A message: who may read the channel. */
  | {
    readonly kind: "event";
    readonly subject: EventId;
    readonly roomId: RoomId;
    readonly channelId: ChannelId;
  }
  /** The avatar of a user, everywhere or (`roomId`) in one guild: any signed-in user. */
  | { readonly kind: "avatar"; readonly subject: string; readonly roomId?: RoomId }
  /** Another picture of a profile, such as its banner: any signed-in user. */
  | { readonly kind: "profile"; readonly subject: UserId }
  /** The icon of a guild: anyone, for invitations show it before signing in. */
  | { readonly kind: "icon"; readonly subject: RoomId; readonly roomId: RoomId }
  /** A guild's own emoji, subject `<room id>/<name>`: any signed-in user. */
  | { readonly kind: "emoji"; readonly subject: string; readonly roomId: RoomId };

export type MediaUseKind = MediaUse["kind"];

/** What a file must have been uploaded for to be used so; null: anything. */
export const PURPOSE_OF_USE: Readonly<Record<MediaUseKind, MediaPurpose | null>> = {
  event: null,
  avatar: "avatar",
  profile: "avatar",
  icon: "icon",
  emoji: "emoji",
};

export interface MediaUseRow {
  readonly kind: MediaUseKind;
  readonly subject: string;
  readonly room_id: string | null;
  readonly channel_id: string | null;
}

/** The row's own ids were parsed when it was written. */
export function useFromRow(row: MediaUseRow): MediaUse {
  const room = row.room_id === null ? {} : { roomId: row.room_id };
  const channel = row.channel_id === null ? {} : { channelId: row.channel_id };
  return { kind: row.kind, subject: row.subject, ...room, ...channel } as MediaUse;
}

/** The room and channel of a use, for its row. */
export function placeOfUse(use: MediaUse): { roomId: string | null; channelId: string | null } {
  return {
    roomId: "roomId" in use ? use.roomId ?? null : null,
    channelId: use.kind === "event" ? use.channelId : null,
  };
}
