import type { Invite } from "../../../core/api/invites.ts";
import { OperationError } from "../../../core/errors.ts";
import { encodeBase58Of16 } from "../../../core/ids/base58.ts";
import { parseChannelId } from "../../../core/ids/channel_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { holds } from "../../../core/permissions/bits.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild, requireRight } from "../chat/place.ts";
import { requireRoleId } from "../roles/find_role.ts";
import { insertInvite, type InviteRow, listLiveInvites } from "./invite_rows.ts";
import { inviteFromRow, linksRegister } from "./view_invite.ts";

/** Links of one guild that can be used at once. */
export const INVITES_MAX = 500;
/** 11 characters of base58: 64 bits that nobody guesses. */
const CODE_CHARS = 11;

export interface NewInvite {
  readonly guildId: string;
  readonly channel_id?: string | null | undefined;
  readonly max_age_s: number;
  readonly max_uses: number;
  readonly role_id?: string | null | undefined;
  readonly stay_s?: number | null | undefined;
}

/** @throws OperationError `invalid`, `forbidden`, `not_found`, `limit_reached` */
export async function createInvite(
  deps: ChatDeps,
  userId: UserId,
  input: NewInvite,
): Promise<Invite> {
  const room = await openGuild(deps, userId, input.guildId);
  const { authority } = room;
  const nowMs = deps.clock.now();
  requireRight(authority.base(userId, nowMs), "CREATE_INVITE", "make invite links");
  const channelId = input.channel_id ?? null;
  if (channelId !== null) requireVisible(channelId);
  const roleId = input.role_id ?? null;
  if (roleId !== null) requireGrantable(roleId);
  const stayS = input.stay_s ?? null;
  if (stayS !== null) requireStays();
  const live = await listLiveInvites(deps.sql, {
    guildId: room.id,
    nowMs,
    limit: INVITES_MAX + 1,
  });
  if (live.length >= INVITES_MAX) {
    throw new OperationError(
      "limit_reached",
      `A guild has at most ${INVITES_MAX} links; revoke one.`,
    );
  }
  const row: InviteRow = {
    code: encodeBase58Of16(deps.rng.bytes(16)).slice(0, CODE_CHARS),
    guild_id: room.id,
    channel_id: channelId,
    created_by: userId,
    created_ts: nowMs,
    expires_ts: input.max_age_s === 0 ? null : nowMs + input.max_age_s * 1000,
    max_uses: input.max_uses === 0 ? null : input.max_uses,
    uses: 0,
    role_id: roleId,
    revoked_ts: null,
    stay_s: stayS,
  };
  await insertInvite(deps.sql, row);
  return inviteFromRow(deps, row, await linksRegister(deps));

  function requireVisible(raw: string): void {
    const id = parseChannelId(raw);
    if (id !== undefined && holds(authority.rights(userId, id, nowMs), "VIEW_CHANNEL")) return;
    throw new OperationError("not_found", `There is no channel ${JSON.stringify(raw)} here.`);
  }

  function requireStays(): void {
    requireRight(authority.base(userId, nowMs), "KICK", "make a link for a time");
    if (authority.rank(userId) > 0) return;
    throw new OperationError(
      "forbidden",
      "A link for a time takes a role above that of everyone: newcomers are sent away in your name.",
    );
  }

  function requireGrantable(raw: string): void {
    const id = requireRoleId(authority, raw);
    requireRight(authority.base(userId, nowMs), "MANAGE_ROLES", "make a link that gives a role");
    if ((authority.table().roles.get(id)?.position ?? 0) < authority.rank(userId)) return;
    throw new OperationError("forbidden", "A link can only give roles below your own.");
  }
}
