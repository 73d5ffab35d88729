import { assert } from "../../../core/assert.ts";
import { OperationError } from "../../../core/errors.ts";
import { type MediaUri, parseMediaUri } from "../../../core/ids/media_uri.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { TaggedRow } from "../../postgres/row_kind.ts";
import { contentOf, textOf } from "../../rooms/content.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { describeMedia } from "../media/claim_media.ts";
import { beginUse, endUse } from "../media/media_row_kinds.ts";
import { endRemoteUse } from "../media/remote/remote_use_rows.ts";

/** A member's picture in one guild. */
export interface GuildAvatar {
  readonly uri: MediaUri;
  /** base58 of the BLAKE3 of its bytes. */
  readonly blake3: string;
}

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
): Promise<GuildAvatar | null | undefined> {
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
  const uri = parseMediaUri(avatar);
  if (uri === undefined) {
    throw new OperationError(
      "invalid",
      `The picture ${
        JSON.stringify(avatar.slice(0, 100))
      } is no mxc:// address; upload a picture first.`,
      { details: { field: "guild_avatar" } },
    );
  }
  const [file] = await describeMedia(deps.sql, {
    serverName: deps.serverName,
    uris: [uri],
    owner: userId,
    kind: "avatar",
  });
  assert(file !== undefined, "every file that is asked for is described");
  return { uri, blake3: file.blake3 };
}

/** What an event says of the picture: with its hash every server shows the same. */
export function avatarFields(
  avatar: GuildAvatar | null | undefined,
): Readonly<Record<string, string | null>> {
  return avatar === undefined
    ? {}
    : { avatar: avatar?.uri ?? null, avatar_blake3: avatar?.blake3 ?? null };
}

/** Rows that make a file the member's only picture in the guild, or leave them without one. */
export function avatarUse(
  room: Room,
  target: UserId,
  { avatar, nowMs }: { readonly avatar: GuildAvatar | null; readonly nowMs: number },
): TaggedRow[] {
  const use = { kind: "avatar", subject: `${room.id}/${target}` } as const;
  const uri = avatar?.uri ?? null;
  return [
    ...endUse(use, uri),
    endRemoteUse(use, uri),
    ...(uri === null ? [] : beginUse(uri, { ...use, roomId: room.id }, nowMs)),
  ];
}
