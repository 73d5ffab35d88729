import { channelId, eventId } from "./fields.ts";
import { type Infer, object, optional } from "./shape.ts";

/**
 * What makes a message a copy of another one. It names nobody and no other room. The original is
 * named where it stands in the same room alone, and where those who read the copy may see it. PROTOCOL.md 10.
 */
export const forwarded = object({
  channel_id: optional(channelId),
  event_id: optional(eventId),
});
export type ForwardedContent = Infer<typeof forwarded>;
