import type { Message } from "../../../core/api/message.ts";
import type { SealedMessage } from "../../../core/e2ee/engine/types.ts";
import type { RemoteEngine } from "./remote_engine.ts";
import { relationTo, sealedText } from "./sealed_text.ts";
import { type OpenedEvents, unopenedEvents } from "./sealed_view.ts";

/** Who waits longer than this is told that it is being restored. */
export const SLOW_MS = 2000;
/** How long the engine may ask others for a missing key before it says so. */
const WAIT_MS = 8000;
/** Events that are being opened at a time; the rest wait their turn. */
export const OPENING_MAX = 100;

/** The sealed events of a message as the engine knows them. */
function sealedEvents(message: Message): SealedMessage[] {
  const at = { roomId: message.room_id, channelId: message.channel_id };
  const text = sealedText(message);
  const reactions = (message.sealed_reactions ?? []).map(({ id, user_id, sealed }) => ({
    ...at,
    eventId: id,
    sender: user_id,
    sealed,
    relation: relationTo("reaction", message.id),
  }));
  return [...text ? [text] : [], ...reactions];
}

/** Opens the sealed events of messages through the engine, each once at a time. */
export class Opener {
  readonly #engine: Promise<Pick<RemoteEngine, "ask">>;
  readonly #opened: OpenedEvents;
  readonly #looked: (ids: ReadonlySet<string>) => void;
  readonly #running = new Map<string, Promise<void>>();
  readonly #queue: (() => void)[] = [];
  /** Told of together, when the work of the moment is done. */
  #changed = new Set<string>();

  constructor(
    engine: Promise<Pick<RemoteEngine, "ask">>,
    opened: OpenedEvents,
    looked: (ids: ReadonlySet<string>) => void,
  ) {
    this.#engine = engine;
    this.#opened = opened;
    this.#looked = looked;
  }

  /** Resolves when all of it was opened, or could not be. */
  async open(message: Message): Promise<void> {
    const wanted = new Set(unopenedEvents(message, this.#opened));
    await Promise.all(
      sealedEvents(message)
        .filter(({ eventId }) => wanted.has(eventId) || this.#running.has(eventId))
        .map((event) => this.#openEvent(event)),
    );
  }

  /**
   * Keys of these came, or why there are none is known: they are opened when they are shown the next
   * time, which is now.
   */
  again(eventIds: readonly string[]): void {
    for (const id of eventIds) {
      if (this.#opened.get(id)?.kind === "open") continue;
      this.#opened.forget(id);
      this.#tell(id);
    }
  }

  /** Whatever could not be opened may be tried again. */
  againAll(): void {
    this.again(this.#opened.faults());
  }

  #openEvent(event: SealedMessage): Promise<void> {
    let running = this.#running.get(event.eventId);
    if (!running) {
      running = this.#run(event).finally(() => {
        this.#running.delete(event.eventId);
        this.#queue.shift()?.();
      });
      this.#running.set(event.eventId, running);
    }
    return running;
  }

  async #run(event: SealedMessage): Promise<void> {
    const { eventId } = event;
    this.#opened.set(eventId, { kind: "opening", slow: false });
    if (this.#running.size >= OPENING_MAX) {
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    }
    const late = setTimeout(() => {
      this.#opened.set(eventId, { kind: "opening", slow: true });
      this.#tell(eventId);
    }, SLOW_MS);
    try {
      const found = await (await this.#engine).ask("open", event, { waitMs: WAIT_MS });
      if ("payload" in found) this.#opened.set(eventId, { kind: "open", payload: found.payload });
      else this.#opened.set(eventId, { kind: "fault", fault: found.fault, retry: found.retry });
    } catch {
      this.#opened.set(eventId, { kind: "fault", fault: "device_not_ready", retry: true });
    } finally {
      clearTimeout(late);
      this.#tell(eventId);
    }
  }

  #tell(id: string): void {
    if (this.#changed.size === 0) {
      queueMicrotask(() => {
        const ids = this.#changed;
        this.#changed = new Set();
        this.#looked(ids);
      });
    }
    this.#changed.add(id);
  }
}
