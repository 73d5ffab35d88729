import { Buffer } from "node:buffer";
import type { Bus } from "../../core/ports/bus.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Rng } from "../../core/ports/rng.ts";
import { Hub, type HubMeter } from "./gateway/hub.ts";
import { Presences } from "./gateway/presence.ts";
import { Typing } from "./gateway/typing.ts";
import { VoiceBoard } from "./gateway/voice_board.ts";

/** Bounds of what is held for those connected; each is memory. */
export const LIVE_LIMITS = {
  /** Updates kept for clients that are just arriving. */
  recentUpdates: 2048,
  /** Users connected to other processes. */
  usersElsewhere: 100_000,
  /** Writers at once. */
  typingPairs: 10_000,
  /** A user who is back within this time was never seen to go. */
  presenceGraceMs: 10_000,
  presenceRepeatMs: 60_000,
} as const;

/** What knows who is connected: made before the source, which asks it. */
export interface Live {
  readonly hub: Hub;
  readonly presences: Presences;
  readonly typing: Typing;
  readonly voice: VoiceBoard;
  stop(): void;
}

export function openLive(deps: { clock: Clock; rng: Rng; bus: Bus; meter: HubMeter }): Live {
  const hub = new Hub(deps, { recentCount: LIVE_LIMITS.recentUpdates });
  const parts = { hub, bus: deps.bus, clock: deps.clock };
  const presences = new Presences(parts, {
    processId: Buffer.from(deps.rng.bytes(9)).toString("base64url"),
    graceMs: LIVE_LIMITS.presenceGraceMs,
    repeatMs: LIVE_LIMITS.presenceRepeatMs,
    elsewhereCount: LIVE_LIMITS.usersElsewhere,
  });
  const typing = new Typing(parts, { pairCount: LIVE_LIMITS.typingPairs });
  return {
    hub,
    presences,
    typing,
    voice: new VoiceBoard({ hub, clock: deps.clock }),
    stop: () => {
      presences.stop();
      typing.stop();
    },
  };
}
