import { limits } from "../../limits.ts";
import { roleId, roomId } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { closedObject, type Infer, list, object, oneOf, optional } from "./shape.ts";

const content = object({
  rule: oneOf("invite", "public", "knock", "restricted"),
  allow: optional(list(
    closedObject({
      guild: optional(roomId),
      role: optional(roleId),
      predecessor: optional(roomId),
    }),
    limits.content.maxAllowRules,
  )),
});
export type JoinRulesContent = Infer<typeof content>;

/** How people come in. PROTOCOL.md 4 and 9. */
export const joinRulesKind = defineKind<JoinRulesContent>({
  type: "m.room.join_rules",
  plane: "control",
  stateKey: "empty",
  authority: true,
  content,
  fields:
    "`rule: invite/public/knock/restricted`, `allow?: [{guild, role} or {predecessor}]`, at most 10",
  right: "MANAGE_GUILD",
});
