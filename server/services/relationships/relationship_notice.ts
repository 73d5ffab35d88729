import type { UserId } from "../../../core/ids/user_id.ts";
import { noticesOn } from "../notices.ts";

/** What is between a user and another has changed: the user's devices read it anew. */
export interface RelationshipNotice {
  readonly userId: UserId;
  readonly other: UserId;
}

export const { publish: publishRelationshipNotice, subscribe: subscribeRelationshipNotices } =
  noticesOn<
    RelationshipNotice
  >("og.relationship");
