import type { Bus } from "../../core/ports/bus.ts";

/** What the processes of this homeserver tell each other, in no log: a lost one costs freshness. */
interface Notices<T> {
  publish(bus: Bus, notice: T): void;
  /** Hears the notices of every process, this one's too. Returns the end of the subscription. */
  subscribe(bus: Bus, handle: (notice: T) => void): () => void;
}

/** Notices of one kind, under a subject of their own. Only processes of this homeserver write there. */
export function noticesOn<T>(subject: string): Notices<T> {
  return {
    publish: (bus, notice) =>
      bus.publish(subject, new TextEncoder().encode(JSON.stringify(notice))),
    subscribe: (bus, handle) =>
      bus.subscribe(
        subject,
        (payload) => handle(JSON.parse(new TextDecoder().decode(payload)) as T),
      ),
  };
}
