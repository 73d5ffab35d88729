import { GATEWAY_CLOSE } from "../../../../core/api/gateway.ts";
import { OperationError } from "../../../../core/errors.ts";
import type { Presence } from "../../../../core/api/user.ts";
import type { Caller } from "../../caller.ts";
import { requireScope, showsPresence } from "../../require_scope.ts";
import { readCredentials, requireOwnOrigin } from "../../credentials.ts";
import { attach } from "../attach.ts";
import type { Peer } from "../context.ts";
import { greet } from "../greet.ts";

/** First frame: who it is, and from where to go on. Answers `ready`, `resumed` or `reset`. */
export async function identify(
  connection: Peer,
  data: { token?: string | undefined; position?: string | undefined },
): Promise<void> {
  const { deps } = connection;
  if (connection.session !== undefined) {
    connection.close(GATEWAY_CLOSE.badFrame, "Identified already.");
    return;
  }
  const caller = await findCaller(connection, data.token);
  let presence: Presence = "online";
  const session = await attach(
    deps,
    { caller, position: data.position, sink: connection.sink },
    (arrival) => {
      if (connection.closed) return false;
      if (arrival.kind !== "reset") presence = arrival.presence;
      greet(connection.sink, arrival);
      return true;
    },
  );
  if (session === undefined) return;
  connection.session = session;
  if (showsPresence(caller)) deps.presences.connect(caller.userId, presence);
}

async function findCaller(connection: Peer, token: string | undefined): Promise<Caller> {
  const { deps, facts } = connection;
  const credentials = token === undefined
    ? readCredentials(facts.headers, facts.secure)
    : { bearer: token };
  if (credentials?.cookie !== undefined) {
    requireOwnOrigin(facts.headers, { secure: facts.secure, allowed: deps.origins });
  }
  const caller = credentials === undefined ? undefined : await deps.authenticate(credentials);
  if (caller === undefined) {
    throw new OperationError("unauthorized", "The token or cookie belongs to no session.");
  }
  requireScope(caller, { id: "gateway", scope: "read" });
  return caller;
}
