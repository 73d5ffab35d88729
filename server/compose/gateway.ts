import { encodeBase58Of16 } from "../../core/ids/base58.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { Bus } from "../../core/ports/bus.ts";
import type { Config } from "../config/config.ts";
import type { Authenticate } from "../http/caller.ts";
import type { SyncDeps } from "../http/client/sync.ts";
import { Gateway } from "../http/gateway/gateway.ts";
import { Hub } from "../http/gateway/hub.ts";
import { Presences } from "../http/gateway/presence.ts";
import { Typing } from "../http/gateway/typing.ts";
import type { GatewaySource } from "../http/gateway/source.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { subscribeAccountEvents } from "../services/accounts/account_event.ts";
import type { SystemParts } from "./store.ts";

/** Operational bounds of live connections. */
const GATEWAY = {
  /** Updates kept for sessions that are just arriving. */
  recentCount: 10_000,
  replayCount: 2_000,
  frameBytes: 64 * 1024,
  bufferBytes: 4 * 1024 * 1024,
  heartbeatMs: 30_000,
  identifyMs: 15_000,
  presenceGraceMs: 15_000,
  presenceRepeatMs: 60_000,
  presencesElsewhere: 200_000,
  typingPairs: 50_000,
} as const;

export interface LiveParts {
  readonly hub: Hub;
  readonly presences: Presences;
  readonly typing: Typing;
}

/** Who is connected, who is there, who is writing. */
export function composeLive(
  system: SystemParts,
  input: {
    readonly bus: Bus;
    readonly metrics: Metrics;
    readonly stack: AsyncDisposableStack;
  },
): LiveParts {
  const { bus, stack } = input;
  const { clock, rng } = system;
  const hub = new Hub({ meter: input.metrics }, { recentCount: GATEWAY.recentCount });
  const presences = new Presences({ hub, bus, clock }, {
    processId: encodeBase58Of16(rng.bytes(16)),
    graceMs: GATEWAY.presenceGraceMs,
    repeatMs: GATEWAY.presenceRepeatMs,
    elsewhereCount: GATEWAY.presencesElsewhere,
  });
  stack.defer(() => presences.stop());
  const typing = new Typing({ hub, bus, clock }, { pairCount: GATEWAY.typingPairs });
  stack.defer(() => typing.stop());
  return { hub, presences, typing };
}

export interface GatewayInput extends LiveParts {
  readonly bus: Bus;
  readonly source: GatewaySource;
  readonly metrics: Metrics;
  readonly authenticate: Authenticate;
  readonly origins: readonly string[];
  readonly stack: AsyncDisposableStack;
}

/** The WebSocket door, and what the long poll and the event stream share with it. */
export function composeGateway(
  config: Config,
  system: SystemParts,
  input: GatewayInput,
): { readonly gateway: Gateway; readonly sync: SyncDeps } {
  const { hub, presences, typing, source, stack } = input;
  const socketsPerUser = config.limits.socketsPerUser;
  const sync = {
    hub,
    source,
    presences,
    clock: system.clock,
    replayCount: GATEWAY.replayCount,
    socketsPerUser,
  };
  const gateway = new Gateway({
    ...system,
    ...sync,
    typing,
    authenticate: input.authenticate,
    origins: input.origins,
    meter: input.metrics,
  }, GATEWAY);
  stack.defer(source.subscribe((update) => hub.deliver(update), hub));
  stack.defer(subscribeAccountEvents({ bus: input.bus, log: system.log }, (event) => {
    if (event.kind === "presence_chosen") presences.choose(event.user_id, event.presence);
    if (event.kind === "sessions_revoked") {
      const ids = event.session_ids ??
        [...hub.sessionsOf(event.user_id as UserId)].map(({ caller }) => caller.sessionId);
      for (const id of ids) hub.revoke(id, event.reason);
    }
  }));
  input.metrics.observeSockets(() => hub.sessionCount);
  return { gateway, sync };
}
