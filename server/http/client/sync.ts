import { snapshotWithin } from "../../../core/api/gateway_scopes.ts";
import { sync } from "../../../core/api/sync.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Caller } from "../caller.ts";
import { attach, type AttachDeps } from "../gateway/attach.ts";
import type { Frame } from "../gateway/frame.ts";
import type { Presences } from "../gateway/presence.ts";
import type { Sink } from "../gateway/session.ts";
import { showsPresence } from "../require_scope.ts";
import { type Route, route } from "../route.ts";

export interface SyncDeps extends AttachDeps {
  readonly presences: Presences;
  readonly clock: Clock;
}

/** Holds what arrives until the poll is answered. */
class PollSink implements Sink {
  readonly frames: Frame[] = [];
  #wake: () => void = () => undefined;
  readonly woken = new Promise<void>((resolve) => this.#wake = resolve);

  send(frame: Frame): void {
    this.frames.push(frame);
    this.#wake();
  }

  close(): void {
    this.#wake();
  }
}

/** GET /client/v1/sync */
export function syncRoute(deps: SyncDeps): Route {
  return route(sync, async ({ caller, query, signal }) => {
    if (query.since === undefined) {
      const { snapshot, entitlements } = await deps.source.snapshot(caller);
      const voice = deps.voice.among(entitlements);
      return {
        position: snapshot.position,
        snapshot: snapshotWithin(caller.scopes, { ...snapshot, voice }),
        dispatches: [],
      };
    }
    return await poll(deps, caller, { ...query, since: query.since, signal });
  });
}

async function poll(
  deps: SyncDeps,
  caller: Caller,
  query: { since: string; timeout_ms: number; signal: AbortSignal },
) {
  const sink = new PollSink();
  let position = query.since;
  let reset: string | undefined;
  const replayed: { t: string; d: unknown }[] = [];
  const session = await attach(deps, { caller, position, sink, follows: false }, (arrival) => {
    if (arrival.kind === "reset") reset = arrival.reason;
    if (arrival.kind === "replayed") {
      ({ position } = arrival);
      for (const { t, d } of arrival.dispatches) replayed.push({ t, d });
      if (showsPresence(caller)) deps.presences.connect(caller.userId, arrival.presence);
    }
    return true;
  });
  if (session === undefined) {
    return { position: query.since, dispatches: [], reset: reset ?? "The position is unknown." };
  }
  try {
    if (replayed.length === 0) await wait(deps.clock, sink, query);
  } finally {
    deps.hub.remove(session);
    if (showsPresence(caller)) deps.presences.disconnect(caller.userId);
  }
  return {
    // Whatever the hub has told so far is in `frames`: both happen in one turn.
    position: deps.hub.position ?? position,
    dispatches: [...replayed, ...sink.frames.flatMap(readDispatch)],
  };
}

async function wait(
  clock: Clock,
  sink: PollSink,
  query: { timeout_ms: number; signal: AbortSignal },
): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, query.signal]);
  try {
    await Promise.race([
      sink.woken,
      // Rejects only when the poll is over or its caller gone: either way nothing is left to say.
      clock.sleep(query.timeout_ms, signal).catch(() => undefined),
    ]);
  } finally {
    over.abort();
  }
}

function readDispatch(frame: Frame): { t: string; d: unknown }[] {
  const { op, t, d } = JSON.parse(frame.json);
  return op === "dispatch" ? [{ t, d }] : [];
}
