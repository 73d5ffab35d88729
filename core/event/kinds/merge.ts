import { defineKind } from "./kind.ts";
import { closedObject, type Infer } from "./shape.ts";

const content = closedObject({});
export type MergeContent = Infer<typeof content>;

/** Joins heads of the control graph. PROTOCOL.md 2. */
export const mergeKind = defineKind<MergeContent>({
  type: "m.merge",
  plane: "control",
  stateKey: "none",
  authority: false,
  content,
  fields: "empty; 2..20 `prev_events`",
  right: "be joined; at most one a minute and server",
});
