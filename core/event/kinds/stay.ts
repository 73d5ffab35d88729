import { ts } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { type Infer, object } from "./shape.ts";

const content = object({ until: ts });
export type StayContent = Infer<typeof content>;

/** When a membership ends by itself. PROTOCOL.md 4. */
export const stayKind = defineKind<StayContent>({
  type: "m.member.stay",
  plane: "control",
  stateKey: "user",
  authority: true,
  content,
  fields: "`until` (ms; 0: for good)",
  right: "KICK, rank above the target",
});
