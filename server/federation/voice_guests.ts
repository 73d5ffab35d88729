import type { VoiceWord } from "../../core/api/federation/voice.ts";
import { tellVoice } from "../../core/api/federation/voice.ts";
import type { RingEnd } from "../../core/api/ringing.ts";
import { VOICE_LIMITS } from "../../core/api/voice.ts";
import { isServerAllowed } from "../../core/auth/server_acl.ts";
import { encodeBase58Of16 } from "../../core/ids/base58.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Rng } from "../../core/ports/rng.ts";
import { readersElsewhere } from "../../federation/edus/readers.ts";
import { type ServerPolicy, type Transport, TransportError } from "../../federation/ports.ts";
import type {
  BoardElsewhere,
  OwnWord,
  Ring,
  VoiceBoard,
  VoiceRef,
} from "../http/gateway/voice_board.ts";
import type { Rooms } from "../rooms/rooms.ts";
import type { Participant } from "../services/voice/call.ts";
import type { Calls } from "../services/voice/calls.ts";
import { remoteChannel } from "./voice_shapes.ts";

/** Session ids of guests begin so; no id of a session here has a colon. */
const GUEST = "guest:";
/** What waits for time is looked at this often. */
const TICK_MS = 250;
/** Bytes of words in one request, as JSON; one word is always taken. */
const TELL_BYTES = 1024 * 1024;
/** First and longest pause after a server could not be told (ms). */
const RETRY_MS = 500;
const RETRY_MAX_MS = 8000;

interface Guest {
  readonly server: ServerName;
  /** Monotonic time at which its server last said that it is there. */
  heardMs: number;
}

/** What waits for one server. */
interface Outbox {
  words: VoiceWord[];
  /** Channels whose people are to be told, by their key. */
  readonly channels: Map<string, VoiceRef>;
  sending: boolean;
  failures: number;
  /** Monotonic times before which nothing is sent, and no channel is told. */
  notBeforeMs: number;
  channelsNotBeforeMs: number;
}

export interface VoiceGuestDeps {
  readonly self: ServerName;
  readonly rooms: Pick<Rooms, "open">;
  readonly calls: Calls;
  readonly board: VoiceBoard;
  readonly transport: Pick<Transport, "call">;
  readonly policy: ServerPolicy;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
}

/**
 * People of other servers in calls of this one: what their devices are told goes to their servers,
 * in order, and so does who is in a call to the servers whose people may see it. Who is not there
 * any more is out. PROTOCOL.md, "Voice" (across servers).
 */
export class VoiceGuests implements BoardElsewhere, AsyncDisposable {
  readonly #deps: VoiceGuestDeps;
  readonly #guests = new Map<string, Guest>();
  readonly #outboxes = new Map<ServerName, Outbox>();
  readonly #stopping = new AbortController();
  #renewedMs: number;

  constructor(deps: VoiceGuestDeps) {
    this.#deps = deps;
    this.#renewedMs = deps.clock.monotonic();
    void this.#follow();
  }

  /** Servers that something waits for. */
  get outboxes(): number {
    return this.#outboxes.size;
  }

  /** A session id for a device of another server that is about to come in. */
  admit(server: ServerName): string {
    const { clock, rng } = this.#deps;
    const sessionId = `${GUEST}${server}:${encodeBase58Of16(rng.bytes(16))}`;
    this.#guests.set(sessionId, { server, heardMs: clock.monotonic() });
    return sessionId;
  }

  /** It did not come in. */
  forget(sessionId: string): void {
    this.#guests.delete(sessionId);
  }

  /** A stay of another server's user, as that server may speak for it. */
  stayOf(
    server: ServerName,
    { user, session }: { readonly user: UserId; readonly session: string },
  ): Participant | undefined {
    const participant = this.#deps.calls.ofUser(user);
    if (participant?.session !== session || serverOf(user) !== server) return undefined;
    return this.#guests.has(participant.sessionId) ? participant : undefined;
  }

  /** Its server is there. */
  heard({ sessionId }: Pick<Participant, "sessionId">): void {
    const guest = this.#guests.get(sessionId);
    if (guest !== undefined) guest.heardMs = this.#deps.clock.monotonic();
  }

  holds(sessionId: string): boolean {
    return this.#guests.has(sessionId);
  }

  tell(sessionId: string, word: { readonly t: OwnWord; readonly d: unknown }): boolean {
    if (!sessionId.startsWith(GUEST)) return false;
    const guest = this.#guests.get(sessionId);
    if (guest === undefined) return true;
    if (word.t === "voice.ended") this.#guests.delete(sessionId);
    this.#say(guest.server, word as VoiceWord);
    return true;
  }

  ring(userId: UserId, ref: VoiceRef, { by, untilMs }: Ring): boolean {
    const left_ms = Math.max(0, Math.round(untilMs - this.#deps.clock.monotonic()));
    return this.#tellOf(userId, {
      t: "voice.ring",
      d: { ...named(ref), user: userId, by: by.id, left_ms },
    });
  }

  ringEnded(userId: UserId, ref: VoiceRef, reason: RingEnd): boolean {
    return this.#tellOf(userId, {
      t: "voice.ring_ended",
      d: { ...named(ref), user: userId, reason },
    });
  }

  changed(ref: VoiceRef): void {
    void this.#tellReaders(ref).catch((error) =>
      this.#deps.log.log("warn", "Other servers could not be told who is in a call.", { error })
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await Promise.resolve();
  }

  /** A word about a user to its server, where that is another one. */
  #tellOf(userId: UserId, word: VoiceWord): boolean {
    const server = serverOf(userId);
    if (server === this.#deps.self) return false;
    if (this.#deps.policy.refusal(server) === undefined) this.#say(server, word);
    return true;
  }

  #say(server: ServerName, word: VoiceWord): void {
    const outbox = this.#outboxOf(server);
    outbox.words.push(word);
    // A server that takes nothing for so long loses the stays as well.
    outbox.words.splice(0, outbox.words.length - VOICE_LIMITS.wordsWaiting);
    this.#send(server);
  }

  async #tellReaders(ref: VoiceRef): Promise<void> {
    const { rooms, self, policy } = this.#deps;
    const authority = (await rooms.open(ref.roomId))?.authority;
    if (authority === undefined || this.#stopping.signal.aborted) return;
    const most = VOICE_LIMITS.remoteServers;
    for (const server of readersElsewhere(authority, ref.channelId, { self, most })) {
      if (policy.refusal(server) !== undefined || !isServerAllowed(authority.view, server)) {
        continue;
      }
      const outbox = this.#outboxOf(server);
      outbox.channels.set(`${ref.roomId}/${ref.channelId}`, ref);
      this.#send(server);
    }
  }

  #outboxOf(server: ServerName): Outbox {
    const outbox = this.#outboxes.get(server) ?? {
      words: [],
      channels: new Map(),
      sending: false,
      failures: 0,
      notBeforeMs: 0,
      channelsNotBeforeMs: 0,
    };
    this.#outboxes.set(server, outbox);
    return outbox;
  }

  /** Sends what waits, unless something is on its way or it is too soon. */
  #send(server: ServerName): void {
    const outbox = this.#outboxes.get(server);
    if (outbox === undefined || outbox.sending) return;
    const nowMs = this.#deps.clock.monotonic();
    if (nowMs < outbox.notBeforeMs) return;
    const words = firstWords(outbox.words);
    const channels = nowMs < outbox.channelsNotBeforeMs
      ? []
      : [...outbox.channels.values()].slice(0, VOICE_LIMITS.channelsPerTell);
    if (words.length + channels.length === 0) return;
    outbox.sending = true;
    for (const { roomId, channelId } of channels) outbox.channels.delete(`${roomId}/${channelId}`);
    if (channels.length > 0) outbox.channelsNotBeforeMs = nowMs + VOICE_LIMITS.remoteMs;
    void this.#tellNow(server, { outbox, words, channels });
  }

  async #tellNow(
    server: ServerName,
    { outbox, words, channels }: {
      readonly outbox: Outbox;
      readonly words: readonly VoiceWord[];
      readonly channels: readonly VoiceRef[];
    },
  ): Promise<void> {
    const { transport, board, clock, log } = this.#deps;
    const { signal } = this.#stopping;
    try {
      const shown = channels.map((ref) => remoteChannel(ref, board.at(ref)));
      const request = { words: [...words], channels: shown };
      const { unknown } = await transport.call(server, tellVoice, request, { signal });
      outbox.failures = 0;
      const told = new Set(words);
      outbox.words = outbox.words.filter((word) => !told.has(word));
      this.#endUnknown(server, unknown);
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      if (signal.aborted) return;
      // It takes no such words: they are nothing to repeat.
      if (error.kind === "refused" || error.kind === "policy") outbox.words = [];
      outbox.failures++;
      const pauseMs = Math.min(RETRY_MS * 2 ** (outbox.failures - 1), RETRY_MAX_MS);
      outbox.notBeforeMs = clock.monotonic() + pauseMs;
      log.log("info", "A server could not be told of calls.", { server, error });
    } finally {
      outbox.sending = false;
    }
    this.#send(server);
  }

  /** Stays of that server's users that it does not know: it was started anew, say. */
  #endUnknown(server: ServerName, sessions: readonly string[]): void {
    if (sessions.length === 0) return;
    const unknown = new Set(sessions);
    for (const participant of this.#present()) {
      if (this.#guests.get(participant.sessionId)?.server !== server) continue;
      if (unknown.has(participant.session)) this.#deps.calls.end(participant, "no_gateway");
    }
  }

  #present(): Participant[] {
    return [...this.#deps.calls.all()].flatMap(({ participants }) => [...participants.values()]);
  }

  #tick(): void {
    const { clock, calls, policy } = this.#deps;
    const nowMs = clock.monotonic();
    for (const participant of this.#present()) {
      const guest = this.#guests.get(participant.sessionId);
      if (guest === undefined) continue;
      if (policy.refusal(guest.server) !== undefined) calls.end(participant, "no_right");
      else if (nowMs - guest.heardMs > VOICE_LIMITS.keptMs) calls.end(participant, "no_gateway");
    }
    for (const [server, outbox] of this.#outboxes) {
      const idle = !outbox.sending && outbox.words.length + outbox.channels.size === 0;
      if (idle && nowMs >= Math.max(outbox.notBeforeMs, outbox.channelsNotBeforeMs)) {
        this.#outboxes.delete(server);
      } else this.#send(server);
    }
    if (nowMs - this.#renewedMs < VOICE_LIMITS.renewMs) return;
    this.#renewedMs = nowMs;
    for (const call of calls.all()) this.changed(call);
  }

  async #follow(): Promise<void> {
    for (;;) {
      try {
        await this.#deps.clock.sleep(TICK_MS, this.#stopping.signal);
      } catch {
        return;
      }
      this.#tick();
    }
  }
}

function named({ roomId, channelId }: VoiceRef) {
  return { room_id: roomId, channel_id: channelId };
}

/** As many as fit into one request, in order. */
function firstWords(words: readonly VoiceWord[]): VoiceWord[] {
  let bytes = 0;
  const some = words.slice(0, VOICE_LIMITS.wordsPerTell);
  const tooMuch = some.findIndex((word, at) => {
    bytes += JSON.stringify(word).length;
    return at > 0 && bytes > TELL_BYTES;
  });
  return tooMuch === -1 ? some : some.slice(0, tooMuch);
}
