import type { TimelineEvent } from "../../core/event/event.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { Known } from "../../federation/inbound/ports.ts";

/** An event as it is stored, and why it was not accepted. */
export interface StoredKnown extends Known {
  readonly reason?: string | undefined;
  /** True time of its storing. */
  readonly storedAtMs: number;
}

/** What is stored of a room, for those who look something up in it. */
export interface StoredEvents {
  readonly known: ReadonlyMap<EventId, StoredKnown>;
  /** Timeline events of a channel that are not rejected, by order. */
  timeline(channelId: ChannelId): (StoredKnown & { readonly event: TimelineEvent })[];
}
