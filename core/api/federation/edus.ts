import { z } from "zod";
import { limits } from "../../limits.ts";
import { ChannelIdText, EventIdText, RoomIdText, UserIdText } from "./shapes.ts";

/** Contents of the EDUs that this version takes in. PROTOCOL.md (EDUs). Other fields are ignored. */
export const TypingEdu = z.object({
  room_id: RoomIdText,
  channel_id: ChannelIdText,
  thread_id: EventIdText.optional(),
  user: UserIdText,
  typing: z.boolean(),
  timeout_ms: z.number().int().min(0).max(limits.federation.maxTypingMs),
});

export const ReadEdu = z.object({
  room_id: RoomIdText,
  channel_id: ChannelIdText,
  user: UserIdText,
  event_id: EventIdText,
});

export const PresenceEdu = z.object({
  user: UserIdText,
  presence: z.enum(["online", "idle", "dnd", "offline"]),
  status: z.string().max(limits.content.maxNameBytes).optional(),
});

export const ProfileEdu = z.object({ user: UserIdText });

export const RelationshipEdu = z.object({
  from: UserIdText,
  to: UserIdText,
  action: z.enum(["request", "accept", "remove"]),
});
