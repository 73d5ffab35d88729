import { UNPACED_TYPES } from "../../core/auth/judge_current.ts";
import { relationKind } from "../../core/auth/timeline.ts";
import {
  type ControlEvent,
  type HeldEvent,
  isControlEvent,
  isTimelineEvent,
} from "../../core/event/event.ts";
import { editedIdOf, redactedIds } from "../../core/event/redaction_effect.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { threadOf } from "../../core/state/timeline_winners.ts";
import type { Known, PostsQuery, ThreadQuery } from "../../federation/inbound/ports.ts";
import type { StoredEvents, StoredKnown } from "./stored_known.ts";

/** What Postgres answers from its indexes in production: read from all that is held. */
export class MemoryQueries {
  readonly #store: StoredEvents;

  constructor(store: StoredEvents) {
    this.#store = store;
  }

  *#accepted(): Iterable<StoredKnown> {
    for (const known of this.#store.known.values()) if (known.outcome === "accepted") yield known;
  }

  redactionsOf(ids: readonly EventId[]): HeldEvent[] {
    return [...this.#accepted()].map(({ event }) => event)
      .filter((event) => redactedIds(event).some((id) => ids.includes(id)));
  }

  editsOf(ids: readonly EventId[]): Known[] {
    return [...this.#accepted()].filter(({ event }) => {
      const edited = editedIdOf(event);
      return edited !== undefined && ids.includes(edited);
    });
  }

  purgesOf(users: readonly UserId[]): ControlEvent[] {
    return this.#control("m.purge").map(({ event }) => event).filter(isControlEvent)
      .filter(({ pdu }) => users.includes(pdu.content["user"] as UserId));
  }

  controlOf(type: string, limit: number): Known[] {
    return this.#control(type).reverse().slice(0, limit);
  }

  #control(type: string): StoredKnown[] {
    return [...this.#accepted()].filter(({ event }) =>
      isControlEvent(event) && event.pdu.type === type
    );
  }

  postTimes({ channelId, user, fromTs, toTs }: PostsQuery): number[] {
    return [...this.#accepted()].map(({ event }) => event).filter(isTimelineEvent)
      .map(({ pdu }) => pdu)
      .filter((pdu) =>
        pdu.channel_id === channelId && pdu.sender === user && !UNPACED_TYPES.has(pdu.type) &&
        relationKind(pdu) !== "edit" && pdu.origin_ts >= fromTs && pdu.origin_ts <= toTs
      ).map((pdu) => pdu.origin_ts);
  }

  threadEvents({ channelId, root, limit }: ThreadQuery): Known[] {
    return this.#store.timeline(channelId).filter(({ event, outcome }) =>
      outcome === "accepted" && event.pdu.type === "m.thread" && threadOf(event) === root
    ).reverse().slice(0, limit);
  }

  softFailed({ sinceTs, limit }: { readonly sinceTs: number; readonly limit: number }): Known[] {
    return [...this.#store.known.values()]
      .filter(({ outcome, receivedTs }) => outcome === "soft_failed" && receivedTs >= sinceTs)
      .reverse().slice(0, limit);
  }

  withheld({ sinceTs, limit }: { readonly sinceTs: number; readonly limit: number }): HeldEvent[] {
    return [...this.#store.known.values()].filter(({ event, outcome, redactedBy, receivedTs }) =>
      event.withheld && outcome !== "rejected" && redactedBy === undefined && receivedTs >= sinceTs
    ).slice(0, limit).map(({ event }) => event);
  }
}
