import { ts } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { type Infer, object } from "./shape.ts";

const content = object({ until: ts });
export type TimeoutContent = Infer<typeof content>;

/** Until when a member may only read. PROTOCOL.md 4. */
export const timeoutKind = defineKind<TimeoutContent>({
  type: "m.room.timeout",
  plane: "control",
  stateKey: "user",
  authority: true,
  content,
  fields: "`until` (ms; 0 lifts; at most 28 d after `origin_ts`)",
  right: "MODERATE_MEMBERS, rank above the target",
});
