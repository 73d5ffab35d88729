import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { WaitingEvent, WaitingStore } from "../../federation/inbound/ports.ts";

/** More than any history makes: what is left out by a bound is the engine's own test. */
const MOST = 2000;

/** Events that wait, as they outlive a process. */
export class MemoryWaiting implements WaitingStore {
  readonly #waiting = new Map<string, WaitingEvent>();

  get ids(): ReadonlySet<EventId> {
    return new Set([...this.#waiting.values()].map(({ eventId }) => eventId));
  }

  put(events: readonly WaitingEvent[]): Promise<readonly boolean[]> {
    return Promise.resolve(events.map((event) => this.#put(event)));
  }

  #put(event: WaitingEvent): boolean {
    const name = nameOf(event);
    const known = this.#waiting.get(name);
    if (known === undefined && this.#waiting.size >= MOST) return false;
    const { missing, missingKeys } = event;
    this.#waiting.set(name, known === undefined ? event : { ...known, missing, missingKeys });
    return true;
  }

  anyIn(roomId: RoomId): Promise<boolean> {
    return Promise.resolve([...this.#waiting.values()].some((event) => event.roomId === roomId));
  }

  remove(roomId: RoomId, ids: readonly EventId[], origin?: ServerName): Promise<void> {
    for (const [name, event] of this.#waiting) {
      const is = event.roomId === roomId && ids.includes(event.eventId);
      if (is && (origin ?? event.origin) === event.origin) this.#waiting.delete(name);
    }
    return Promise.resolve();
  }

  waitingFor(roomId: RoomId, ids: readonly EventId[], limit: number) {
    const found = [...this.#waiting.values()].filter((event) =>
      event.roomId === roomId && event.missing.some((id) => ids.includes(id))
    );
    return Promise.resolve(found.slice(0, limit));
  }

  claim({ nowMs, until, limit }: { nowMs: number; until: number; limit: number }) {
    const due = [...this.#waiting.values()].filter(({ dueTs }) => dueTs <= nowMs)
      .sort((a, b) => a.dueTs - b.dueTs).slice(0, limit);
    for (const event of due) this.#waiting.set(nameOf(event), { ...event, dueTs: until });
    return Promise.resolve(due);
  }

  postpone(
    event: Pick<WaitingEvent, "roomId" | "eventId" | "origin">,
    next: { readonly attempts: number; readonly dueTs: number },
  ): Promise<void> {
    const known = this.#waiting.get(nameOf(event));
    if (known !== undefined) this.#waiting.set(nameOf(event), { ...known, ...next });
    return Promise.resolve();
  }

  nextDue(): Promise<number | undefined> {
    const due = [...this.#waiting.values()].map(({ dueTs }) => dueTs);
    return Promise.resolve(due.length === 0 ? undefined : Math.min(...due));
  }
}

function nameOf(event: Pick<WaitingEvent, "roomId" | "eventId" | "origin">): string {
  return `${event.roomId} ${event.eventId} ${event.origin}`;
}
