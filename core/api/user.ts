import { z } from "zod";

/** Whether someone is there. `invisible` is only ever sent to the user itself. */
export const Presence = z.enum(["online", "idle", "dnd", "invisible", "offline"]);
export type Presence = z.infer<typeof Presence>;

/** A person, bot or webhook as others see them. */
export const User = z.object({
  id: z.string().describe("@local:server"),
  display_name: z.string().nullable(),
  avatar: z.string().nullable().describe("mxc:// of the avatar"),
  bio: z.string().nullable(),
  status: z.string().nullable().describe("Status line chosen by the user"),
  bot: z.boolean(),
});
export type User = z.infer<typeof User>;
