import { parseUserId, type UserId } from "../ids/user_id.ts";
import type { Authority } from "./authority.ts";

/** Who is in a group DM or has an invite that stands at `atTs`, ms. PROTOCOL.md 10. */
export function groupPeople(authority: Authority, atTs: number): UserId[] {
  const people: UserId[] = [];
  for (const [key] of authority.view.entriesOf("m.room.member")) {
    const user = parseUserId(key);
    if (user === undefined) continue;
    const membership = authority.membership(user, atTs);
    if (membership === "join" || membership === "invite") people.push(user);
  }
  return people;
}

/**
 * The members of a group DM in the order of joining, between equals by their id: who is first
 * becomes the owner when the owner goes. PROTOCOL.md 5.
 */
export function byJoining(authority: Authority): UserId[] {
  const since = (user: UserId) => authority.view.get("m.room.member", user)?.pdu.origin_ts ?? 0;
  return [...authority.joinedUsers()].sort((a, b) => since(a) - since(b) || (a < b ? -1 : 1));
}
