import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { TaggedRow } from "../../postgres/row_kind.ts";
import { contentOf, textOf } from "../../rooms/content.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { claimPicture, type Picture } from "../media/claim_picture.ts";
import { beginUse, endUse } from "../media/media_row_kinds.ts";
import { endRemoteUse } from "../media/remote/remote_use_rows.ts";

/**
 * The picture that a member is to have in the guild: null takes it off, undefined leaves it as it
 * is. People choose their own, from their own uploads; of others it can only be taken off. Throws
 * `invalid`, `forbidden`.
 */
export async function claimableAvatar(
  deps: Pick<ChatDeps, "sql" | "serverName">,
  room: Room,
  wanted: {
    readonly userId: UserId;
    readonly target: UserId;
    readonly avatar: string | null | undefined;
  },
): Promise<Picture | null | undefined> {
  const { userId, target, avatar } = wanted;
  if (avatar === undefined || avatar === null) return avatar;
  const profile = contentOf(room.authority.view.get("m.member.profile", target));
  if (textOf(profile, "avatar") === avatar) return undefined;
  if (target !== userId) {
    throw new OperationError(
      "forbidden",
      "A picture is chosen by who it shows; you can take it off.",
      { details: { field: "guild_avatar" } },
    );
  }
  return await claimPicture(deps, {
    owner: userId,
    raw: avatar,
    kind: "avatar",
    field: "guild_avatar",
  });
}

/** What an event says of the picture: with its hash every server shows the same. */
export function avatarFields(
  avatar: Picture | null | undefined,
): Readonly<Record<string, string | null>> {
  return avatar === undefined
    ? {}
    : { avatar: avatar?.uri ?? null, avatar_blake3: avatar?.blake3 ?? null };
}

/** Rows that make a file the member's only picture in the guild, or leave them without one. */
export function avatarUse(
  room: Room,
  target: UserId,
  { avatar, nowMs }: { readonly avatar: Picture | null; readonly nowMs: number },
): TaggedRow[] {
  const use = { kind: "avatar", subject: `${room.id}/${target}` } as const;
  const uri = avatar?.uri ?? null;
  return [
    ...endUse(use, uri),
    endRemoteUse(use, uri),
    ...(uri === null ? [] : beginUse(uri, { ...use, roomId: room.id }, nowMs)),
  ];
}
