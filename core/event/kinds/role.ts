import { color, mediaUri, name } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { flag, type Infer, object, optional } from "./shape.ts";

const content = object({
  name,
  color: optional(color),
  hoist: optional(flag),
  mentionable: optional(flag),
  icon: optional(mediaUri),
});
export type RoleContent = Infer<typeof content>;

/** How a role looks. Its rights are in `m.guild.roles`. */
export const roleKind = defineKind<RoleContent>({
  type: "m.guild.role",
  plane: "control",
  stateKey: "role",
  authority: false,
  content,
  fields: "`name`, `color?` (#rrggbb), `hoist?`, `mentionable?`, `icon?`",
  right: "MANAGE_ROLES, position below the sender's rank",
});
