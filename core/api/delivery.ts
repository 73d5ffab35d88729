import { z } from "zod";
import { defineOperation } from "./operation.ts";

/** A server whose members of a guild may not see what is being said. */
export const AwayServer = z.object({
  server: z.string(),
  /** Since when nothing reached it, ms. */
  since_ts: z.number().int(),
  /** Members of the guild who are at home there. */
  members: z.number().int(),
});
export type AwayServer = z.infer<typeof AwayServer>;

/** One server that a message is meant for. */
export const Delivery = z.object({
  server: z.string(),
  /** `has`: it confirmed the message. `waiting`: it is being sent. `away`: the server cannot be reached. */
  state: z.enum(["has", "waiting", "away"]),
  /** Members there who may read the channel. */
  readers: z.number().int(),
  /** Of `away`: since when, ms. */
  since_ts: z.number().int().nullable(),
});
export type Delivery = z.infer<typeof Delivery>;

export const getDelivery = defineOperation({
  id: "getDelivery",
  scope: "read",
  method: "GET",
  path: "/client/v1/rooms/:room_id/events/:event_id/delivery",
  tag: "messages",
  summary: "Which servers have a message, and which are still waiting for it",
  auth: "user",
  params: z.object({ room_id: z.string(), event_id: z.string() }),
  result: z.object({
    /** The sender's server: it has the message, and it alone knows who else does. */
    origin: z.string(),
    /** Null where the message was sent from another server, which alone keeps count. */
    servers: z.array(Delivery).nullable(),
  }),
  errors: ["not_found"],
});
