import type { UserId } from "../../core/ids/user_id.ts";
import type { Bus } from "../../core/ports/bus.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Live } from "../http/live.ts";
import { subscribeAccountEvents } from "../services/accounts/account_event.ts";

/** Presence follows what people choose, and sockets end with their sessions. Returns the end of it. */
export function followAccounts(
  live: Live,
  deps: { readonly bus: Bus; readonly log: Log },
): () => void {
  return subscribeAccountEvents(deps, (event) => {
    if (event.kind === "presence_chosen") live.presences.choose(event.user_id, event.presence);
    if (event.kind !== "sessions_revoked") return;
    live.presences.endVisit(event.user_id);
    const ids = event.session_ids ??
      [...live.hub.sessionsOf(event.user_id as UserId)].map(({ caller }) => caller.sessionId);
    for (const id of ids) live.hub.revoke(id, event.reason);
  });
}
