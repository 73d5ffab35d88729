import { mediaUri, name } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { type Infer, object, optional } from "./shape.ts";

const content = object({ nickname: optional(name), avatar: optional(mediaUri) });
export type MemberProfileContent = Infer<typeof content>;

/** How a member is called in this guild. */
export const memberProfileKind = defineKind<MemberProfileContent>({
  type: "m.member.profile",
  plane: "control",
  stateKey: "user",
  authority: false,
  content,
  fields: "`nickname?`, `avatar?`",
  right: "own: CHANGE_NICKNAME; another's: MANAGE_NICKNAMES, rank above the target",
});
