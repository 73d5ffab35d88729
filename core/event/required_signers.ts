import { parseUserId, serverOf } from "../ids/user_id.ts";
import type { ServerName } from "../ids/server_name.ts";
import type { JsonValue } from "./json.ts";
import type { Pdu } from "./event.ts";

/**
 * The servers whose signatures an event needs, from the event alone: the sender's; that of
 * `authorised_via` on a join; the new owner's on a hand-over. All fields read survive redaction.
 * PROTOCOL.md 7 (step 2).
 */
export function requiredSigners(pdu: Pdu): readonly ServerName[] {
  const own = pdu.origin_server;
  const other = pdu.type === "m.room.member"
    ? serverOfUser(pdu.content["authorised_via"])
    : pdu.type === "m.guild.owner"
    ? serverOfUser(pdu.content["user"])
    : undefined;
  return other === undefined || other === own ? [own] : [own, other];
}

function serverOfUser(value: JsonValue | undefined): ServerName | undefined {
  const user = typeof value === "string" ? parseUserId(value) : undefined;
  return user === undefined ? undefined : serverOf(user);
}
