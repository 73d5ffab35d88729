import type { Presence } from "../../../core/api/user.ts";
import type { Snapshot } from "../../../core/api/gateway.ts";
import { OperationError } from "../../../core/errors.ts";
import type { Caller } from "../caller.ts";
import type { Hub } from "./hub.ts";
import { Session, type Sink } from "./session.ts";
import type { GatewaySource, ReplayAnswer, Standing } from "./source.ts";

/** Times a standing may grow old while it is being read before the visitor must wait. */
const ATTEMPT_COUNT = 5;

export interface AttachDeps {
  readonly hub: Hub;
  readonly source: GatewaySource;
  /** Most dispatches one resume replays. */
  readonly replayCount: number;
}

/** What an arriving client is told before the first live frame. */
export type Arrival =
  | { readonly kind: "snapshot"; readonly snapshot: Snapshot; readonly presence: Presence }
  | Extract<ReplayAnswer, { kind: "replayed" }>
  | Extract<ReplayAnswer, { kind: "reset" }>;

/**
 * Brings a client to now: reads where it stands, lets `greet` write the first frames and
 * takes it into the hub in the same turn, so that nothing falls in between. Answers the
 * session; undefined after a `reset`. `greet` may refuse by returning false.
 */
export async function attach(
  deps: AttachDeps,
  client: { caller: Caller; position: string | undefined; sink: Sink },
  greet: (arrival: Arrival) => boolean,
): Promise<Session | undefined> {
  const endArrival = deps.hub.beginArrival();
  try {
    return await arrive(deps, client, greet);
  } finally {
    endArrival();
  }
}

async function arrive(
  deps: AttachDeps,
  client: { caller: Caller; position: string | undefined; sink: Sink },
  greet: (arrival: Arrival) => boolean,
): Promise<Session | undefined> {
  for (let attempt = 0; attempt < ATTEMPT_COUNT; attempt++) {
    const found = await stand(deps, client);
    if (found.standing === undefined) {
      greet(found.arrival);
      return undefined;
    }
    if (!deps.hub.covers(found.standing)) continue;
    if (!greet(found.arrival)) return undefined;
    const session = new Session(client.caller, client.sink);
    deps.hub.add(session, found.standing);
    return session;
  }
  throw new OperationError("unavailable", "The server is too busy; try again in a moment.", {
    details: { retry_after_ms: 2000 },
  });
}

async function stand(
  deps: AttachDeps,
  client: { caller: Caller; position: string | undefined },
): Promise<{ arrival: Arrival; standing: Standing | undefined }> {
  if (client.position === undefined) {
    const answer = await deps.source.snapshot(client.caller);
    return {
      standing: answer,
      arrival: { kind: "snapshot", snapshot: answer.snapshot, presence: answer.presence },
    };
  }
  const answer = await deps.source.replay(client.caller, client.position, deps.replayCount);
  return { arrival: answer, standing: answer.kind === "reset" ? undefined : answer };
}
