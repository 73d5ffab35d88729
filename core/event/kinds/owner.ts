import { userId } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { type Infer, object } from "./shape.ts";

const content = object({ user: userId });
export type OwnerContent = Infer<typeof content>;

/** Who owns the room. PROTOCOL.md 5. */
export const ownerKind = defineKind<OwnerContent>({
  type: "m.guild.owner",
  plane: "control",
  stateKey: "empty",
  authority: true,
  content,
  fields: "`user`",
  right: "be the owner (section 5)",
});
