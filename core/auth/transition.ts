import type { UserId } from "../ids/user_id.ts";
import type { Authority } from "../permissions/authority.ts";
import type { MemberContent, Membership } from "../permissions/member_content.ts";
import type { JudgedControl } from "./judged.ts";

/** A change of membership as its rule sees it. */
export interface Transition {
  readonly event: JudgedControl;
  readonly authority: Authority;
  readonly target: UserId;
  readonly content: MemberContent;
  /** Membership before, an expired invite and an ended ban counted as leave. */
  readonly before: Membership;
  /** The stored content before, whatever time has made of it. */
  readonly stored: MemberContent | undefined;
}
