import { assert } from "../../../core/assert.ts";
import { OperationError } from "../../../core/errors.ts";
import { type MediaUri, parseMediaUri } from "../../../core/ids/media_uri.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { TaggedRow } from "../../postgres/row_kind.ts";
import { contentOf, textOf } from "../../rooms/content.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { describeMedia } from "../media/claim_media.ts";
import { beginUse, endUse } from "../media/media_row_kinds.ts";
import { endRemoteUse } from "../media/remote/remote_use_rows.ts";

/** A picture that a guild shows. */
export interface GuildIcon {
  readonly uri: MediaUri;
  /** base58 of the BLAKE3 of its bytes. */
  readonly blake3: string;
}

/**
 * The icon that a guild is to have: null takes it off, undefined leaves it as it is. Only an own
 * upload can become one; the icon that is there already needs no uploader. Throws `invalid`.
 */
export async function claimableIcon(
  deps: Pick<ChatDeps, "sql" | "serverName">,
  userId: UserId,
  wanted: { readonly room?: Room; readonly icon: string | null | undefined },
): Promise<GuildIcon | null | undefined> {
  const { icon, room } = wanted;
  if (icon === undefined) return undefined;
  if (icon === null) return room === undefined ? undefined : null;
  const meta = contentOf(room?.authority.view.get("m.guild.meta", ""));
  if (textOf(meta, "icon") === icon) return undefined;
  const uri = parseMediaUri(icon);
  if (uri === undefined) {
    throw new OperationError(
      "invalid",
      `The icon ${
        JSON.stringify(icon.slice(0, 100))
      } is no mxc:// address; upload a picture first.`,
      { details: { field: "icon" } },
    );
  }
  const [file] = await describeMedia(deps.sql, {
    serverName: deps.serverName,
    uris: [uri],
    owner: userId,
    kind: "icon",
  });
  assert(file !== undefined, "every file that is asked for is described");
  return { uri, blake3: file.blake3 };
}

/** What an event says of a picture: with its hash every server shows the same. */
export function iconFields(icon: GuildIcon | null | undefined): Record<string, string | null> {
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
