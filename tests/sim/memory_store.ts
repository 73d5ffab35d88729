import { assert } from "../../core/assert.ts";
import {
  type ControlEvent,
  isControlEvent,
  isTimelineEvent,
  type TimelineEvent,
} from "../../core/event/event.ts";
import { redactEvent } from "../../core/event/redact.ts";
import { purgeCovers } from "../../core/event/redaction_effect.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf } from "../../core/ids/user_id.ts";
import { compareBytes } from "../../core/ids/compare_bytes.ts";
import { Authority } from "../../core/permissions/authority.ts";
import { type RoomFacts, roomFacts } from "../../core/rules/room_facts.ts";
import { StateMap } from "../../core/state/state_map.ts";
import type { Known, MissingParent, RoomChange } from "../../federation/inbound/ports.ts";

import type { StoredKnown } from "./stored_known.ts";

/** A stored event in the order of the log, and the servers that were in the room then. */
export interface LogEntry {
  readonly event: Known["event"];
  readonly present: ReadonlySet<ServerName>;
}

/**
 * What one server has on its disk of one room: changed whole or not at all, kept when the server
 * is killed.
 */
export class MemoryStore {
  readonly facts: RoomFacts;
  readonly known = new Map<EventId, StoredKnown>();
  readonly after = new Map<EventId, StateMap>();
  readonly channelHeads = new Map<ChannelId, Map<EventId, number>>();
  /** Everything of this server's own users, in the order in which it was stored. */
  readonly ownLog: LogEntry[] = [];
  /** What servers that are in the room were not sent: all of it ("") when they came in, channels. */
  readonly missed = new Map<ServerName, Set<ChannelId | "">>();
  heads: readonly EventId[];
  state: StateMap;
  readonly #server: ServerName;
  readonly #missing = new Map<EventId, Set<EventId>>();

  constructor(server: ServerName, founding: readonly ControlEvent[], nowMs: number) {
    const facts = roomFacts(founding[0] as ControlEvent);
    assert(facts !== undefined, "a founding begins with a create event");
    this.facts = facts;
    this.#server = server;
    let state = StateMap.EMPTY;
    for (const event of founding) {
      state = state.with(event);
      this.after.set(event.id, state);
      this.known.set(event.id, {
        event,
        outcome: "accepted",
        receivedTs: event.pdu.origin_ts,
        storedAtMs: nowMs,
      });
    }
    this.state = state;
    this.heads = [(founding.at(-1) as ControlEvent).id];
  }

  authority(): Authority {
    return new Authority(this.state, this.facts);
  }

  /** But for the `keep` that were stored last. */
  forgetRejected(server: ServerName, keep: number): number {
    const rejected = [...this.known.values()].filter(({ event, outcome }) =>
      outcome === "rejected" && serverOf(event.pdu.sender) === server
    );
    const old = rejected.slice(0, Math.max(0, rejected.length - keep));
    for (const { event } of old) this.known.delete(event.id);
    return old.length;
  }

  apply(change: RoomChange, nowMs: number): void {
    const before = this.authority().joinedServers();
    for (const event of change.events) {
      assert(!this.known.has(event.event.id), `${event.event.id} is stored once`);
      this.known.set(event.event.id, { ...event, storedAtMs: nowMs });
      if (event.after !== undefined) this.after.set(event.event.id, event.after);
      for (const missing of event.gaps) {
        const children = this.#missing.get(missing) ?? new Set();
        this.#missing.set(missing, children.add(event.event.id));
      }
    }
    for (const known of change.changed) {
      const stored = this.known.get(known.event.id);
      assert(stored !== undefined, "what changes is stored");
      this.known.set(known.event.id, { ...stored, ...known });
    }
    for (const purge of change.purges) this.#carryOut(purge);
    for (const { channelId, remove, add } of change.moves) {
      if (channelId === undefined) continue;
      const heads = this.channelHeads.get(channelId) ?? new Map<EventId, number>();
      for (const id of remove) heads.delete(id);
      for (const { id, order } of add) heads.set(id, order);
      this.channelHeads.set(channelId, heads);
    }
    for (const id of change.closed) this.#missing.delete(id);
    if (change.end !== undefined) {
      this.heads = change.end.pending ?? change.end.heads;
      this.state = change.end.state;
    }
    const joined = this.authority().joinedServers();
    for (const server of joined) {
      if (!before.has(server)) this.miss(server, "");
    }
    for (const server of before) if (!joined.has(server)) this.missed.delete(server);
    const present = new Set([...before, ...joined]);
    for (const { event, outcome } of change.events) {
      if (outcome !== "accepted" || serverOf(event.pdu.sender) !== this.#server) continue;
      this.ownLog.push({ event, present });
    }
  }

  /** A server was not sent something of this: to be made up for. */
  miss(server: ServerName, graph: ChannelId | ""): void {
    this.missed.set(server, (this.missed.get(server) ?? new Set()).add(graph));
  }

  #carryOut(purge: ControlEvent): void {
    for (const [id, known] of this.known) {
      if (known.redactedBy !== undefined || !purgeCovers(purge, known.event)) continue;
      this.known.set(id, { ...known, event: redactEvent(known.event), redactedBy: purge.id });
    }
  }

  /** The events of every state as they are held now. */
  reread(): void {
    const now = (state: StateMap) =>
      StateMap.from([...state.events()].map((event) => {
        const held = this.known.get(event.id)?.event;
        return held !== undefined && isControlEvent(held) ? held : event;
      }));
    for (const [id, state] of this.after) this.after.set(id, now(state));
    this.state = now(this.state);
  }

  childrenOfMissing(ids: readonly EventId[]): MissingParent[] {
    return ids.flatMap((missing) =>
      [...this.#missing.get(missing) ?? []].map((id) => {
        const child = this.known.get(id);
        assert(child !== undefined, "a child is stored");
        return { missing, child };
      })
    );
  }

  /** Parents that somebody names and nobody has. */
  get gaps(): readonly EventId[] {
    return [...this.#missing.keys()];
  }

  /** Timeline events of a channel that are not rejected, by order. */
  timeline(channelId: ChannelId): (StoredKnown & { readonly event: TimelineEvent })[] {
    return [...this.known.values()].filter((known): known is typeof known & {
      event: TimelineEvent;
    } =>
      known.outcome !== "rejected" && isTimelineEvent(known.event) &&
      known.event.pdu.channel_id === channelId
    ).sort((a, b) => ((a.order ?? 0) - (b.order ?? 0)) || compareBytes(a.event.hash, b.event.hash));
  }

  /** The control graph: all that is not rejected. */
  control(): ControlEvent[] {
    return [...this.known.values()].flatMap(({ event, outcome }) =>
      outcome !== "rejected" && isControlEvent(event) ? [event] : []
    );
  }
}
