import { hash32, mediaUri, name } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { type Infer, object, optional } from "./shape.ts";

const content = object({
  nickname: optional(name),
  avatar: optional(mediaUri),
  avatar_blake3: optional(hash32),
});
export type MemberProfileContent = Infer<typeof content>;

/** How a member is called in this guild. */
export const memberProfileKind = defineKind<MemberProfileContent>({
  type: "m.member.profile",
  plane: "control",
  stateKey: "user",
  authority: false,
  content,
  fields: "`nickname?`, `avatar?`, `avatar_blake3?`",
  right: "own: CHANGE_NICKNAME; another's: MANAGE_NICKNAMES, rank above the target",
});
