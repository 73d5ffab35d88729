import { OperationError } from "../../../core/errors.ts";
import { parseRoomId } from "../../../core/ids/room_id.ts";
import { parseUserId, type UserId } from "../../../core/ids/user_id.ts";
import { holds } from "../../../core/permissions/bits.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { findInvite, type InviteFault, inviteFault, type InviteRow } from "./invite_rows.ts";

const CODE = /^[1-9A-HJ-NP-Za-km-z]{8,32}$/;

export interface UsableInvite {
  readonly row: InviteRow;
  readonly room: Room;
  readonly author: UserId;
}

const FAULTS: Readonly<Record<InviteFault, string>> = {
  revoked: "This invite link was revoked.",
  expired: "This invite link has expired.",
  used_up: "This invite link has been used as often as it may be.",
};

/**
 * A link that can be used now: its author must hold CREATE_INVITE at this moment. PROTOCOL.md 9.
 * @throws OperationError `not_found`, `gone` with what to do
 */
export async function findUsableInvite(
  deps: Pick<ChatDeps, "sql" | "rooms" | "clock">,
  code: string,
): Promise<UsableInvite> {
  const row = CODE.test(code) ? await findInvite(deps.sql, code) : undefined;
  if (row === undefined) {
    throw new OperationError("not_found", "There is no such invite link. Check the address.");
  }
  const nowMs = deps.clock.now();
  const fault = inviteFault(row, nowMs);
  if (fault !== undefined) throw gone(FAULTS[fault]);
  const id = parseRoomId(row.guild_id);
  const room = id === undefined ? undefined : await deps.rooms.open(id);
  const author = parseUserId(row.created_by);
  if (room === undefined || author === undefined) throw gone("The guild of this link is gone.");
  if (!holds(room.authority.base(author, nowMs), "CREATE_INVITE")) {
    throw gone("Whoever made this invite link may not invite people any more.");
  }
  const { stay_s: stayS } = row;
  const { authority } = room;
  if (
    stayS !== null &&
    (!holds(authority.base(author, nowMs), "KICK") || authority.rank(author) === 0)
  ) throw gone("Whoever made this link for a time may not send people away any more.");
  return { row, room, author };
}

function gone(why: string): OperationError {
  return new OperationError("gone", `${why} Ask for a new one.`);
}
