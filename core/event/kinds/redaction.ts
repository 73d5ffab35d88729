import { limits } from "../../limits.ts";
import { eventId, reason } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { type Infer, list, object, optional } from "./shape.ts";

const content = object({
  redacts: list(eventId, limits.content.maxRedactions, 1),
  reason: optional(reason),
});
export type RedactionContent = Infer<typeof content>;

/** Takes content away from named events of its own channel, or of the control graph. PROTOCOL.md 6. */
export const redactionKind = defineKind<RedactionContent>({
  type: "m.redaction",
  plane: "both",
  stateKey: "none",
  authority: false,
  content,
  fields: "`redacts: [1..100 event ids]`, `reason?`",
  right:
    "be joined (timeline: VIEW_CHANNEL); effect on others' events: MANAGE_MESSAGES in the channel, in the control graph MANAGE_GUILD",
});
