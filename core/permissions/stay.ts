import type { ControlEvent, HeldEvent } from "../event/event.ts";
import { serverOf, type UserId } from "../ids/user_id.ts";
import type { ServerName } from "../ids/server_name.ts";
import type { Authority } from "./authority.ts";

/**
 * When the user's membership ends by itself (ms); undefined for one without end. An end counts for
 * the very join it was given in, like roles do. PROTOCOL.md 4.
 */
export function stayUntil(authority: Authority, user: UserId): number | undefined {
  const stay = authority.view.get("m.member.stay", user);
  const member = authority.view.get("m.room.member", user);
  if (stay === undefined || member === undefined || !authority.isJoined(user)) return undefined;
  if (!stay.pdu.auth_events.includes(member.id)) return undefined;
  const until = stay.pdu.content["until"];
  return typeof until === "number" && until > 0 ? until : undefined;
}

/**
 * In whose name a membership that is over is ended, by that one's server: who gave it its end, while
 * they may kick the user, or else the owner. Undefined where nobody may. PROTOCOL.md 9.
 */
export function stayKeeper(
  authority: Authority,
  user: UserId,
  atTs: number,
): { readonly keeper: UserId; readonly server: ServerName } | undefined {
  const giver = authority.view.get("m.member.stay", user)?.pdu.sender;
  for (const keeper of [giver, authority.owner()]) {
    if (keeper === undefined || keeper === user) continue;
    const may = authority.has(keeper, "KICK", { atTs }) &&
      authority.rank(user) < authority.rank(keeper);
    if (may) return { keeper, server: serverOf(keeper) };
  }
  return undefined;
}

/**
 * Whether a leave ends a membership at the end it was given by `stay`. One that only says so, with
 * `expires` of its own, is a kick like any other. PROTOCOL.md 9 (For a time).
 */
export function carriesOut(
  leave: Pick<HeldEvent, "pdu">,
  stay: Pick<ControlEvent, "pdu">,
): boolean {
  const { content, origin_ts: ts } = leave.pdu;
  const expires = content["expires"];
  return content["membership"] === "leave" && typeof expires === "number" && expires > 0 &&
    expires === stay.pdu.content["until"] && ts >= expires;
}
