import { makeMembership } from "../../core/api/federation/membership.ts";
import { authoriseControl } from "../../core/auth/authorise.ts";
import { joinRuleOf } from "../../core/auth/join_rule.ts";
import { authEventsAt } from "../../core/auth/select_auth_events.ts";
import { isServerAllowed } from "../../core/auth/server_acl.ts";
import type { JsonObject, JsonValue } from "../../core/event/json.ts";
import { parseRoomId } from "../../core/ids/room_id.ts";
import { parseUserId, serverOf, type UserId } from "../../core/ids/user_id.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { ResidentRoom, ResidentRooms, Vouchers } from "../membership_ports.ts";
import { defineHandler } from "../ports.ts";
import { notHere } from "./not_here.ts";

export interface MakeMembershipDeps {
  readonly rooms: Pick<ResidentRooms, "resident">;
  readonly vouchers: Vouchers;
  readonly clock: Clock;
}

/**
 * Tells another server where a join, leave or knock of its user would stand: on our heads, with
 * the events it must cite. Nothing is stored; what would be refused is refused now. PROTOCOL.md 9.
 */
export function makeMembershipHandler(deps: MakeMembershipDeps) {
  return defineHandler({
    operation: makeMembership,
    async answer({ origin }, request) {
      const roomId = parseRoomId(request.room_id);
      const user = parseUserId(request.user);
      if (roomId === undefined || user === undefined || serverOf(user) !== origin) throw notHere();
      const room = await deps.rooms.resident(roomId);
      if (room === undefined || !isServerAllowed(room.authority.view, origin)) throw notHere();
      // Whoever is told that it is being sorted out would know that the room is here.
      const standing = await room.standing().catch(() => undefined);
      if (standing === undefined) throw notHere();
      const via = request.membership === "join" ? await voucher(deps, room, user) : undefined;
      const draft = {
        type: "m.room.member",
        sender: user,
        state_key: user,
        origin_ts: deps.clock.now(),
        content: {
          membership: request.membership,
          ...(via === undefined ? {} : { authorised_via: via }),
        } satisfies JsonObject,
        prev_events: standing.heads,
      };
      const create = room.authority.view.get("m.room.create", "");
      const allowed = [room.authority, standing.authority].every((authority) =>
        authoriseControl(draft, authority).ok
      );
      if (create === undefined || !allowed) throw notHere();
      return {
        room_id: roomId,
        create: create.pdu as unknown as JsonValue,
        prev_events: [...standing.heads],
        auth_events: authEventsAt(draft, standing.authority.view).map((event) =>
          event.pdu as unknown as JsonValue
        ),
        ...(via === undefined ? {} : { authorised_via: via }),
      };
    },
  });
}

/** Somebody must vouch only where nothing else lets the joiner in. */
async function voucher(
  { vouchers, clock }: MakeMembershipDeps,
  room: ResidentRoom,
  user: UserId,
): Promise<UserId | undefined> {
  const { authority } = room;
  const invited = authority.membership(user, clock.now()) === "invite";
  if (invited || user === authority.owner() || joinRuleOf(authority) !== "restricted") {
    return undefined;
  }
  return await vouchers.voucherFor(room, user);
}
