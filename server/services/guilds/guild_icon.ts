import type { MediaUri } from "../../../core/ids/media_uri.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { TaggedRow } from "../../postgres/row_kind.ts";
import { contentOf, textOf } from "../../rooms/content.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { claimPicture, type Picture } from "../media/claim_picture.ts";
import { beginUse, endUse } from "../media/media_row_kinds.ts";
import { endRemoteUse } from "../media/remote/remote_use_rows.ts";

/**
 * The icon that a guild is to have: null takes it off, undefined leaves it as it is. Only an own
 * upload can become one; the icon that is there already needs no uploader. Throws `invalid`.
 */
export async function claimableIcon(
  deps: Pick<ChatDeps, "sql" | "serverName">,
  userId: UserId,
  wanted: { readonly room?: Room; readonly icon: string | null | undefined },
): Promise<Picture | null | undefined> {
  const { icon, room } = wanted;
  if (icon === undefined) return undefined;
  if (icon === null) return room === undefined ? undefined : null;
  const meta = contentOf(room?.authority.view.get("m.guild.meta", ""));
  if (textOf(meta, "icon") === icon) return undefined;
  return await claimPicture(deps, { owner: userId, raw: icon, kind: "icon", field: "icon" });
}

/** What an event says of a picture: with its hash every server shows the same. */
export function iconFields(icon: Picture | null | undefined): Record<string, string | null> {
  return icon === undefined ? {} : { icon: icon?.uri ?? null, icon_blake3: icon?.blake3 ?? null };
}

/** Rows that make a file the guild's only icon, or leave it without one. */
export function iconUse(roomId: RoomId, icon: MediaUri | null, nowMs: number): TaggedRow[] {
  return [
    ...endUse({ kind: "icon", subject: roomId }, icon),
    endRemoteUse({ kind: "icon", subject: roomId }, icon),
    ...(icon === null ? [] : beginUse(icon, { kind: "icon", subject: roomId, roomId }, nowMs)),
  ];
}
