import { custodianOf, mayJoinByRole } from "../../core/auth/private_room.ts";
import { parseRoomId } from "../../core/ids/room_id.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import { holds } from "../../core/permissions/bits.ts";
import { predecessorOf } from "../../core/rules/succession.ts";
import type { Vouchers } from "../../federation/membership_ports.ts";
import type { ChatDeps } from "../services/chat/chat_deps.ts";
import { openResident } from "./resident_rooms.ts";

type VoucherDeps = Pick<ChatDeps, "rooms" | "clock" | "serverName">;

/** Joins by role into private channels whose custodian this server is. PROTOCOL.md 9. */
export function guildVouchers(deps: VoucherDeps): Vouchers {
  return {
    async voucherFor({ authority }, user) {
      if (authority.room.kind === "guild") return await successionVoucher(deps, authority, user);
      if (authority.room.kind !== "private" || custodianOf(authority) !== deps.serverName) {
        return undefined;
      }
      const guildId = parseRoomId(authority.room.guild ?? "");
      const guild = guildId === undefined ? undefined : await openResident(deps, guildId);
      if (guild === undefined || !mayJoinByRole(authority, guild.authority, user)) return undefined;
      return localVoucher(authority, deps);
    },
  };
}

/** Into a guild that goes on in a new room: whoever was a member of the former one. */
async function successionVoucher(
  deps: VoucherDeps,
  authority: Authority,
  user: UserId,
): Promise<UserId | undefined> {
  const before = predecessorOf(authority.view.get("m.room.create", ""));
  const allow = authority.view.get("m.room.join_rules", "")?.pdu.content["allow"];
  const isOpen = before !== undefined && Array.isArray(allow) &&
    allow.some((entry) =>
      (entry as { predecessor?: unknown } | null)?.predecessor === before.roomId
    );
  if (!isOpen || custodianOf(authority) !== deps.serverName) return undefined;
  const old = await openResident(deps, before.roomId);
  return old?.authority.isJoined(user) === true ? localVoucher(authority, deps) : undefined;
}

/** A member of this server with CREATE_INVITE: in his name a join is vouched for. */
export function localVoucher(
  authority: Authority,
  { clock, serverName }: Pick<ChatDeps, "clock" | "serverName">,
): UserId | undefined {
  const nowMs = clock.now();
  for (const member of authority.joinedUsers()) {
    if (serverOf(member) !== serverName) continue;
    if (holds(authority.base(member, nowMs), "CREATE_INVITE")) return member;
  }
  return undefined;
}
