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
/** Shortest time between two announcements of one user in one channel or thread. */
const QUIET_MS = 3000;

/** Who is writing: told to the channel's readers, kept nowhere, ending by itself. */
export class Typing {
  readonly #deps: { hub: Hub; bus: Bus; clock: Clock };
  readonly #pairCount: number;
  readonly #announcedMs = new Map<string, number>();
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
    const now = this.#deps.clock.monotonic();
    const key = `${user.id} ${place.roomId} ${place.channelId} ${place.threadId ?? ""}`;
    const before = this.#announcedMs.get(key);
    if (before !== undefined && now - before < QUIET_MS) return;
    this.#announcedMs.delete(key);
    this.#announcedMs.set(key, now);
    for (const [oldest, atMs] of this.#announcedMs) {
      if (this.#announcedMs.size <= this.#pairCount && now - atMs < QUIET_MS) break;
      this.#announcedMs.delete(oldest);
    }
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
