import { defineKind } from "./kind.ts";
import { type Infer, object, oneOf } from "./shape.ts";

const content = object({ algorithm: oneOf("mls") });
export type EncryptionContent = Infer<typeof content>;

/** The room's messages are encrypted end to end; never lifted. */
export const encryptionKind = defineKind<EncryptionContent>({
  type: "m.room.encryption",
  plane: "control",
  stateKey: "empty",
  authority: true,
  content,
  fields: "`algorithm: mls`",
  right: "be the owner; in a DM, be one of the two",
});
