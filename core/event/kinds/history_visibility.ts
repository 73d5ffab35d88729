import { defineKind } from "./kind.ts";
import { type Infer, object, oneOf } from "./shape.ts";

const content = object({ visibility: oneOf("shared", "joined") });
export type HistoryVisibilityContent = Infer<typeof content>;

/** Whether members may read what was said before they came. Absent: shared. PROTOCOL.md 2. */
export const historyVisibilityKind = defineKind<HistoryVisibilityContent>({
  type: "m.room.history_visibility",
  plane: "control",
  stateKey: "empty",
  authority: true,
  content,
  fields: "`visibility: shared/joined`",
  right: "MANAGE_GUILD",
});
