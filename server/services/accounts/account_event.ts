import { z } from "zod";
import type { Bus } from "../../../core/ports/bus.ts";
import type { Log } from "../../../core/ports/log.ts";

/** Subject on which all processes hear of changes to accounts. */
const SUBJECT = "accounts";

/** What changed. Hints: whoever needs certainty reads the tables. */
export const AccountEvent = z.discriminatedUnion("kind", [
  /** Sessions ended: their caches and sockets end now. `session_ids` null: all of the user's. */
  z.object({
    kind: z.literal("sessions_revoked"),
    user_id: z.string(),
    session_ids: z.array(z.string()).nullable(),
    reason: z.string(),
  }),
  /** Something about the account that authentication answers with: cached answers are stale. */
  z.object({ kind: z.literal("account_changed"), user_id: z.string() }),
  /** What others see of a user: `user.update` to those who see them, `self.update` to themselves. */
  z.object({ kind: z.literal("profile_changed"), user_id: z.string() }),
  /** The presence someone chose: the gateway works out what others see. */
  z.object({
    kind: z.literal("presence_chosen"),
    user_id: z.string(),
    presence: z.enum(["online", "idle", "dnd", "invisible"]),
  }),
  /** What an account decided about privacy and quiet: what is held of it is stale. */
  z.object({ kind: z.literal("preferences_changed"), user_id: z.string() }),
  z.object({ kind: z.literal("settings_changed") }),
  z.object({ kind: z.literal("keys_changed") }),
]);
export type AccountEvent = z.infer<typeof AccountEvent>;

export function publishAccountEvent(bus: Bus, event: AccountEvent): void {
  bus.publish(SUBJECT, new TextEncoder().encode(JSON.stringify(event)));
}

/** Hears the changes of every process, this one's too. Returns the end of the subscription. */
export function subscribeAccountEvents(
  deps: { readonly bus: Bus; readonly log: Log },
  handle: (event: AccountEvent) => void,
): () => void {
  return deps.bus.subscribe(SUBJECT, (payload) => {
    let json: unknown;
    try {
      json = JSON.parse(new TextDecoder().decode(payload));
    } catch {
      json = undefined;
    }
    const event = AccountEvent.safeParse(json);
    if (event.success) handle(event.data);
    // A process of another version may speak of things this one does not know.
    else deps.log.log("warn", "Unknown account message on the bus.", { bytes: payload.length });
  });
}
