import { channelId, hash32, reason, ts, userId } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { closedObject, type Infer, object, oneOf, optional, pattern } from "./shape.ts";

const content = object({
  membership: oneOf("join", "invite", "leave", "ban", "knock"),
  kind: optional(oneOf("user", "bot", "webhook")),
  channel: optional(channelId),
  identity: optional(closedObject({
    key: pattern(/^[A-Za-z0-9+/]{43}$/, "base64 of 32 bytes"),
    proof: pattern(/^[A-Za-z0-9+/]{86}$/, "base64 of 64 bytes"),
  })),
  authorised_via: optional(userId),
  link: optional(hash32),
  until: optional(ts),
  expires: optional(ts),
  reason: optional(reason),
});
export type MemberContent = Infer<typeof content>;

/** Whether a user is in the room. Changes only with membership. PROTOCOL.md 4. */
export const memberKind = defineKind<MemberContent>({
  type: "m.room.member",
  plane: "control",
  stateKey: "user",
  authority: true,
  content,
  fields:
    "`membership: join/invite/leave/ban/knock`, `kind?: user/bot/webhook` (absent: user), `channel?` (of a webhook), `identity? {key, proof}`, `authorised_via?`, `link?`, `until?` (ban), `expires?` (invite; leave: the end of the membership that it carries out), `reason?`",
  right: "CREATE_INVITE, KICK or BAN; own join, leave and knock by the join rules (section 4)",
});
