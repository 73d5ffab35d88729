import { hearsOf, snapshotWithin } from "../../../core/api/gateway_scopes.ts";
import type { Presence } from "../../../core/api/user.ts";
import type { Snapshot } from "../../../core/api/gateway.ts";
import { OperationError } from "../../../core/errors.ts";
import type { Caller } from "../caller.ts";
import type { Hub } from "./hub.ts";
import { Session, type Sink } from "./session.ts";
import type { GatewaySource, ReplayAnswer, Standing } from "./source.ts";
import type { VoiceBoard } from "./voice_board.ts";

/** Times a standing may grow old while it is being read before the visitor must wait. */
const ATTEMPT_COUNT = 8;

export interface AttachDeps {
  readonly hub: Hub;
  readonly source: GatewaySource;
  readonly voice: VoiceBoard;
  /** Most dispatches one resume replays. */
  readonly replayCount: number;
  /** Most live connections of one user on this process: sockets, streams, and those that arrive. */
  readonly socketsPerUser: number;
}

/** What an arriving client is told before the first live frame. */
export type Arrival =
  | { readonly kind: "snapshot"; readonly snapshot: Snapshot; readonly presence: Presence }
  | Extract<ReplayAnswer, { kind: "replayed" }>
  | Extract<ReplayAnswer, { kind: "reset" }>;

interface Client {
  readonly caller: Caller;
  readonly position: string | undefined;
  readonly sink: Sink;
  /** False: it comes again and again, and is not told anew each time who is in which call. */
  readonly follows?: boolean;
}

/**
 * Brings a client to now: reads where it stands, lets `greet` write the first frames and
 * takes it into the hub in the same turn, so that nothing falls in between. Answers the
 * session; undefined after a `reset`. `greet` may refuse by returning false.
 * @throws OperationError `limit_reached`: the account has no live connection left.
 */
export async function attach(
  deps: AttachDeps,
  client: Client,
  greet: (arrival: Arrival) => boolean,
): Promise<Session | undefined> {
  const { userId } = client.caller;
  // Counted from here on: many that come at once do not all find the last place free.
  if (deps.hub.connectionsOf(userId) >= deps.socketsPerUser) {
    throw new OperationError(
      "limit_reached",
      `This account has ${deps.socketsPerUser} live connections; close one first.`,
    );
  }
  const endArrival = deps.hub.beginArrival(userId);
  try {
    return await arrive(deps, client, greet);
  } finally {
    endArrival();
  }
}

async function arrive(
  deps: AttachDeps,
  client: Client,
  greet: (arrival: Arrival) => boolean,
): Promise<Session | undefined> {
  for (let attempt = 0; attempt < ATTEMPT_COUNT; attempt++) {
    const found = await stand(deps, client);
    if (found.standing === undefined) {
      greet(found.arrival);
      return undefined;
    }
    if (deps.source.deciding) {
      await deps.source.told();
      continue;
    }
    if (!deps.hub.covers(found.standing)) continue;
    const { arrival } = found;
    // As it is in this turn: what happens in calls is in no order of updates.
    const voice = deps.voice.among(found.standing.entitlements);
    if (!greet(withinScopes(client.caller, arrival, voice))) return undefined;
    const session = new Session(client.caller, client.sink);
    deps.hub.add(session, found.standing);
    if (client.follows !== false) {
      deps.voice.greet(session, arrival.kind === "snapshot" ? voice : []);
    }
    return session;
  }
  throw new OperationError("unavailable", "The server is too busy; try again in a moment.", {
    details: { retry_after_ms: 2000 },
  });
}

/** What the caller's token may be told, with the calls of this turn. */
function withinScopes(
  { scopes }: Caller,
  arrival: Arrival,
  voice: Snapshot["voice"],
): Arrival {
  if (arrival.kind === "reset") return arrival;
  if (arrival.kind === "snapshot") {
    return { ...arrival, snapshot: snapshotWithin(scopes, { ...arrival.snapshot, voice }) };
  }
  return { ...arrival, dispatches: arrival.dispatches.filter(({ t }) => hearsOf(scopes, t)) };
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
