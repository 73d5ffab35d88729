import type { HeldEvent, TimelineEvent } from "../../core/event/event.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import type { StateMap } from "../../core/state/state_map.ts";
import type { Skew } from "./virtual_clock.ts";
import type { Intent } from "./deeds.ts";

export type Outcome = "accepted" | "soft_failed" | "rejected";

/** An event as a server keeps it. */
export interface Kept {
  readonly event: HeldEvent;
  readonly outcome: Outcome;
  readonly reason?: string | undefined;
  /** Place in its channel; of timeline events alone. */
  readonly order?: number | undefined;
  /** When it came, by the world's true time. */
  readonly keptAtMs: number;
}

/** What a server holds of the room, for checks: read from its store, at any moment. */
export interface Holdings {
  readonly authority: Authority;
  readonly state: StateMap;
  readonly heads: readonly EventId[];
  readonly kept: ReadonlyMap<EventId, Kept>;
  /** Accepted events of a channel in the order in which they are shown. */
  timeline(channelId: ChannelId): readonly TimelineEvent[];
  /** Events that wait for something they cite. */
  readonly waiting: ReadonlySet<EventId>;
}

/** A server of a history: its store outlives its lives. */
export interface SimServer {
  readonly name: ServerName;
  readonly skew: Skew;
  readonly up: boolean;
  start(): void;
  /** As SIGKILL: what was under way never happens; what was stored stays. */
  kill(): void;
  /** Undefined where the server refused; else the event, stored and acknowledged. */
  act(intent: Intent): Promise<HeldEvent | undefined>;
  holdings(): Holdings;
  /** What it took in of users whose ban it knew. */
  readonly shownWhileBanned: readonly string[];
}
