import type { JsonObject, JsonValue } from "../event/json.ts";
import { type ChannelId, parseChannelId } from "../ids/channel_id.ts";
import { limits } from "../limits.ts";
import { parseUserId, type UserId } from "../ids/user_id.ts";

export type Membership = "join" | "invite" | "leave" | "ban" | "knock";
export type MemberKind = "user" | "bot" | "webhook";

const MEMBERSHIPS: ReadonlySet<string> = new Set(["join", "invite", "leave", "ban", "knock"]);
const KINDS: ReadonlySet<string> = new Set(["user", "bot", "webhook"]);

/** The part of `m.room.member` that authority reads. PROTOCOL.md 4. */
export interface MemberContent {
  readonly membership: Membership;
  readonly kind: MemberKind;
  /** The one channel of a webhook. */
  readonly channel: ChannelId | undefined;
  readonly authorisedVia: UserId | undefined;
  /** End of a ban, ms. */
  readonly until: number | undefined;
  /** Last moment of an invite, ms. */
  readonly expires: number | undefined;
}

/** The content, or undefined where the shape is another. `kind` absent means `user`. */
export function parseMember(content: JsonObject): MemberContent | undefined {
  const membership = content["membership"];
  const kind = content["kind"] ?? "user";
  const until = optionalTs(content["until"]);
  const expires = optionalTs(content["expires"]);
  const via = content["authorised_via"];
  const authorisedVia = typeof via === "string" ? parseUserId(via) : undefined;
  const place = content["channel"];
  const channel = typeof place === "string" ? parseChannelId(place) : undefined;
  if (typeof membership !== "string" || !MEMBERSHIPS.has(membership)) return undefined;
  if (typeof kind !== "string" || !KINDS.has(kind)) return undefined;
  if (until === null || expires === null) return undefined;
  if (via !== undefined && authorisedVia === undefined) return undefined;
  if (place !== undefined && channel === undefined) return undefined;
  return {
    membership: membership as Membership,
    kind: kind as MemberKind,
    channel,
    authorisedVia,
    until,
    expires,
  };
}

function optionalTs(value: JsonValue | undefined): number | undefined | null {
  if (value === undefined) return undefined;
  return typeof value === "number" && Number.isInteger(value) && value >= 0 &&
      value < limits.event.maxTs
    ? value
    : null;
}

/**
 * The membership that counts at `atTs`: an invite past its `expires` and a ban at or past its
 * `until` count as leave. PROTOCOL.md 4.
 */
export function membershipAt(member: MemberContent | undefined, atTs: number): Membership {
  if (member === undefined) return "leave";
  if (member.membership === "invite" && member.expires !== undefined && atTs > member.expires) {
    return "leave";
  }
  if (member.membership === "ban" && member.until !== undefined && atTs >= member.until) {
    return "leave";
  }
  return member.membership;
}
