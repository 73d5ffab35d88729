import { VOICE_LIMITS } from "../../core/api/voice.ts";
import { base64Of } from "../../core/e2ee/bytes.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Rng } from "../../core/ports/rng.ts";
import type { RegisteredDevice } from "../services/e2ee/registered_devices.ts";
import type { GroupMember } from "../services/voice/call_places.ts";

/** What a token is for: one device, in one channel. */
export interface TokenUse {
  readonly userId: UserId;
  readonly device: string;
  readonly roomId: RoomId;
  readonly channelId: ChannelId;
}

export interface Ticket extends Pick<TokenUse, "roomId" | "channelId"> {
  readonly device: RegisteredDevice;
  readonly keyPackage: GroupMember["keyPackage"];
}

const TOKEN_BYTES = 32;

/**
 * Tokens with which devices of other servers join calls: each once, for the device and channel that
 * it was given for, for a short time. In memory alone.
 */
export class VoiceTokens {
  readonly #deps: { readonly clock: Clock; readonly rng: Rng };
  /** The oldest first. */
  readonly #waiting = new Map<string, { readonly ticket: Ticket; readonly untilMs: number }>();

  constructor(deps: { readonly clock: Clock; readonly rng: Rng }) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** A device has one token at a time: the newest. */
  give(ticket: Ticket): string {
    const { clock, rng } = this.#deps;
    this.#sweep();
    const server = serverOf(ticket.device.user);
    const ofServer = [...this.#waiting].filter(([, { ticket: { device } }]) =>
      serverOf(device.user) === server
    );
    for (const [token, { ticket: { device } }] of ofServer) {
      if (device.user === ticket.device.user) this.#waiting.delete(token);
    }
    if (ofServer.length >= VOICE_LIMITS.tokensPerServer) this.#drop(ofServer[0]?.[0]);
    if (this.#waiting.size >= VOICE_LIMITS.tokens) this.#drop([...this.#waiting.keys()][0]);
    const token = base64Of(rng.bytes(TOKEN_BYTES));
    const untilMs = clock.monotonic() + VOICE_LIMITS.tokenMs;
    this.#waiting.set(token, { ticket, untilMs });
    return token;
  }

  /** What it was given for; undefined where it is none, was used, is too old or for another one. */
  take(token: string, use: TokenUse): Ticket | undefined {
    this.#sweep();
    const ticket = this.#waiting.get(token)?.ticket;
    const fits = ticket !== undefined && ticket.device.user === use.userId &&
      ticket.device.device === use.device && ticket.roomId === use.roomId &&
      ticket.channelId === use.channelId;
    // Who shows it for something else does not spend it: it is not theirs.
    if (!fits) return undefined;
    this.#waiting.delete(token);
    return ticket;
  }

  #drop(token: string | undefined): void {
    if (token !== undefined) this.#waiting.delete(token);
  }

  #sweep(): void {
    const nowMs = this.#deps.clock.monotonic();
    for (const [token, { untilMs }] of this.#waiting) {
      if (untilMs > nowMs) return;
      this.#waiting.delete(token);
    }
  }
}
