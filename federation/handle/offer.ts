import { offerRoom } from "../../core/api/federation/membership.ts";
import { isControlEvent } from "../../core/event/event.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import { parseRoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { parseUserId, serverOf } from "../../core/ids/user_id.ts";
import { roomFacts } from "../../core/rules/room_facts.ts";
import type { OfferDesk } from "../membership_ports.ts";
import { defineHandler } from "../ports.ts";
import { notHere } from "./not_here.ts";

/** Takes an offer of the custodian itself: of whose server the room's creator is. PROTOCOL.md 9. */
export function offerHandler(
  deps: { readonly serverName: ServerName; readonly desk: OfferDesk },
) {
  return defineHandler({
    operation: offerRoom,
    async answer({ origin }, request) {
      const roomId = parseRoomId(request.room_id);
      const user = parseUserId(request.user);
      if (roomId === undefined || user === undefined || serverOf(user) !== deps.serverName) {
        throw notHere();
      }
      const parsed = parsePduValue(request.create, { roomId });
      const create = parsed.kind === "event" && isControlEvent(parsed.event)
        ? parsed.event
        : undefined;
      const facts = create?.pdu.type === "m.room.create" ? roomFacts(create) : undefined;
      const guildId = parseRoomId(facts?.guild ?? "");
      if (facts?.kind !== "private" || guildId === undefined) throw notHere();
      if (serverOf(facts.creator) !== origin) throw notHere();
      await deps.desk.receive({ origin, roomId, guildId, user });
      return {};
    },
  });
}
