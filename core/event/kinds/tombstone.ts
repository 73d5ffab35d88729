import { roomId } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { type Infer, object } from "./shape.ts";

const content = object({ replacement: roomId });
export type TombstoneContent = Infer<typeof content>;

/** The room goes on elsewhere. PROTOCOL.md 10 (upgrade). */
export const tombstoneKind = defineKind<TombstoneContent>({
  type: "m.room.tombstone",
  plane: "control",
  stateKey: "empty",
  authority: true,
  content,
  fields: "`replacement` (room id)",
  right: "be the owner",
});
