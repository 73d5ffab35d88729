import { defineKind } from "./kind.ts";
import { relationOf } from "./relation.ts";
import { type Infer, object } from "./shape.ts";

const content = object({ relates_to: relationOf("previews_off") });
export type PreviewsOffContent = Infer<typeof content>;

/** Takes the previews of its links off a message, which stays as it is. PROTOCOL.md 7. */
export const previewsOffKind = defineKind<PreviewsOffContent>({
  type: "m.previews.off",
  plane: "timeline",
  stateKey: "none",
  authority: false,
  content,
  fields: "`relates_to {kind: previews_off, event_id}`",
  right:
    "SEND, SEND_IN_THREADS or MANAGE_MESSAGES; counts from the message's author or with MANAGE_MESSAGES",
});
