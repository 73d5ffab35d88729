import type { EventId } from "../ids/event_id.ts";
import { parseUserId, type UserId } from "../ids/user_id.ts";
import type { Authority } from "../permissions/authority.ts";
import type { JudgedControl } from "./judged.ts";
import { requireJoined } from "./require.ts";
import { ALLOWED, refuse, type Verdict } from "./verdict.ts";

/**
 * `m.guild.owner`. The first names the creator and stands directly on the create event; it
 * counts only where no owner is in sight. Every other is sent by the present owner. PROTOCOL.md 5.
 */
export function judgeOwner(event: JudgedControl, authority: Authority): Verdict {
  const user = event.content["user"];
  if (typeof user !== "string" || parseUserId(user) === undefined) {
    return refuse("owner", "names no user");
  }
  if (authority.room.kind === "dm") return refuse("owner", "a DM has no owner");
  const owner = authority.owner();
  if (standsOnCreate(event, authority)) return judgeOwnerZero(event, { owner, user, authority });
  if (owner === undefined) return refuse("owner", "no owner in sight");
  if (event.sender !== owner) return refuse("owner", `${event.sender} is not the owner`);
  return requireJoined(event, authority, "owner");
}

function judgeOwnerZero(
  event: JudgedControl,
  at: { owner: UserId | undefined; user: string; authority: Authority },
): Verdict {
  if (at.owner !== undefined) return refuse("owner.zero", "there is an owner already");
  return event.sender === at.authority.room.creator && at.user === event.sender
    ? ALLOWED
    : refuse("owner.zero", "the first owner is the creator, by the creator");
}

function standsOnCreate(event: JudgedControl, authority: Authority): boolean {
  const [parent] = event.prev_events;
  return event.prev_events.length === 1 && parent === createIdOf(authority);
}

/** The create event's id: the same hash names the room. PROTOCOL.md 3. */
function createIdOf(authority: Authority): EventId {
  return `$${authority.room.roomId.slice(1)}` as EventId;
}
