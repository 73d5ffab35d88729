import type { DispatchData } from "../../../core/api/gateway.ts";
import type { User } from "../../../core/api/user.ts";
import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { TypingPlace } from "../../../federation/ports.ts";
import type { Bus } from "../../../core/ports/bus.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Hub } from "./hub.ts";

const SUBJECT = "og.typing";
/** How long clients show it when nothing follows. */
const SHOWN_MS = 8000;
/** For so long one user is announced once in each place of a channel. */
const QUIET_MS = 3000;
/** And in so many: the channel and threads of it, whose roots nobody looks up. */
const PLACES_AT_ONCE = 3;

/** Where one user was announced in a channel of late: null is the channel itself. */
interface Spell {
  readonly sinceMs: number;
  readonly places: Set<string | null>;
}

/** Who is writing: told to the channel's readers, kept nowhere, ending by itself. */
export class Typing {
  readonly #deps: { hub: Hub; bus: Bus; clock: Clock };
  readonly #pairCount: number;
  readonly #spells = new Map<string, Spell>();
  readonly #unsubscribe: () => void;
  #listener: (userId: string, place: TypingPlace) => void = () => {};

  constructor(
    deps: { hub: Hub; bus: Bus; clock: Clock },
    options: { /** Most writers remembered at once. */ pairCount: number },
  ) {
    this.#deps = deps;
    this.#pairCount = options.pairCount;
    this.#unsubscribe = deps.bus.subscribe(SUBJECT, (payload) => this.#hear(payload));
  }

  /** Tells the channel on every process; too soon after the last time it does nothing. */
  announce(user: User, place: TypingPlace): void {
    if (!this.#isDue(user, place)) return;
    this.#listener(user.id, place);
    const data: DispatchData<"typing"> = {
      room_id: place.roomId,
      channel_id: place.channelId,
      ...(place.threadId === undefined ? {} : { thread_id: place.threadId }),
      user,
      until: this.#deps.clock.now() + SHOWN_MS,
    };
    this.#deps.bus.publish(SUBJECT, new TextEncoder().encode(JSON.stringify(data)));
  }

  #isDue(user: User, place: TypingPlace): boolean {
    const now = this.#deps.clock.monotonic();
    const key = `${user.id} ${place.roomId} ${place.channelId}`;
    const within = place.threadId ?? null;
    const spell = this.#spells.get(key);
    if (spell !== undefined && now - spell.sinceMs < QUIET_MS) {
      const isDue = spell.places.size < PLACES_AT_ONCE && !spell.places.has(within);
      if (isDue) spell.places.add(within);
      return isDue;
    }
    this.#spells.delete(key);
    this.#spells.set(key, { sinceMs: now, places: new Set([within]) });
    for (const [oldest, { sinceMs }] of this.#spells) {
      if (this.#spells.size <= this.#pairCount && now - sinceMs < QUIET_MS) break;
      this.#spells.delete(oldest);
    }
    return true;
  }

  /** Hears of everyone who is announced in this process. */
  watch(listener: (userId: string, place: TypingPlace) => void): void {
    this.#listener = listener;
  }

  stop(): void {
    this.#unsubscribe();
  }

  /** From this process too: the bus is the one way. */
  #hear(payload: Uint8Array): void {
    const data: DispatchData<"typing"> = JSON.parse(new TextDecoder().decode(payload));
    this.#deps.hub.deliverEphemeral({
      t: "typing",
      d: data,
      audience: {
        to: "channel",
        roomId: data.room_id as RoomId,
        channelId: data.channel_id as ChannelId,
      },
    });
  }
}
