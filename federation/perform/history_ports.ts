import type { EventId } from "../../core/ids/event_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { ChannelRef } from "../ports.ts";

/** A parent that a held event of the channel names and that is not held. */
export interface Gap {
  readonly missing: EventId;
  /** The event that names it, and its server. */
  readonly child: EventId;
  readonly server: ServerName;
}

/** Which gaps: inside what is held, or where it begins. */
export interface GapQuery {
  /** Whether events of the channel older than the child are held. */
  readonly between: boolean;
  readonly nowMs: number;
  readonly limit: number;
}

/**
 * Where what is held of a channel begins: with a gap, where its oldest events name others, also
 * such as were asked for in vain; with its first event; nowhere, where nothing is held.
 */
export type Beginning = "gap" | "first" | "empty";

/** What this server holds of the past of its channels, and what it lacks. */
export interface HistoryStore {
  /** Gaps that may be asked for at `nowMs`, those nearest to the channel's end first. */
  gaps(channel: ChannelRef, query: GapQuery): Promise<readonly Gap[]>;
  beginning(channel: ChannelRef): Promise<Beginning>;
  /** Accepted events of the channel that stand before these, newest first. */
  heldBefore(channel: ChannelRef, ids: readonly EventId[], limit: number): Promise<EventId[]>;
  /** Nobody gave these: they are not asked for again for a while, each time a longer one. */
  gaveNobody(channel: ChannelRef, missing: readonly EventId[], nowMs: number): Promise<void>;
  /** Other servers with somebody who may read the channel now. */
  readers(channel: ChannelRef): Promise<readonly ServerName[]>;
}
