import { roomId } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { flag, type Infer, object, optional } from "./shape.ts";

const content = object({ closed: flag, replacement: optional(roomId) });
export type TombstoneContent = Infer<typeof content>;

/** The room goes on elsewhere. PROTOCOL.md 10 (upgrade). */
export const tombstoneKind = defineKind<TombstoneContent>({
  type: "m.room.tombstone",
  plane: "control",
  stateKey: "empty",
  authority: true,
  content,
  fields: "`closed`, `replacement?` (room id; absent while the successor is not made)",
  right: "be the owner",
});
