import type { Presence } from "../../../../core/api/user.ts";
import { requireScope } from "../../require_scope.ts";
import type { GatewayDeps } from "../context.ts";
import type { Session } from "../session.ts";

/** Chooses how others see the user, now and at the next connection. */
export async function choosePresence(
  deps: GatewayDeps,
  session: Session,
  data: { presence: Presence },
): Promise<void> {
  requireScope(session.caller, { id: "presence", scope: "account:write" });
  const shown = await deps.source.savePresence(session.caller, data.presence);
  deps.presences.choose(session.caller.userId, shown);
}
