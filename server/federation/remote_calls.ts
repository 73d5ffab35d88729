import {
  actInVoice,
  askVoiceToken,
  declineRemoteVoice,
  joinRemoteVoice,
  keepVoice,
  moderateRemoteVoice,
  type RemoteChannel,
  type RemoteStay,
  ringRemoteVoice,
  type RingWord,
  type StayWord,
  type tellVoice,
  type VoiceAct,
  type VoiceWord,
} from "../../core/api/federation/voice.ts";
import {
  VOICE_LIMITS,
  type VoiceEndReason,
  type VoiceParticipant,
  type VoiceSession,
} from "../../core/api/voice.ts";
import type { RungPerson } from "../../core/api/ringing.ts";
import { isServerAllowed } from "../../core/auth/server_acl.ts";
import { parseChannelId } from "../../core/ids/channel_id.ts";
import { parseRoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import { type Transport, TransportError } from "../../federation/ports.ts";
import type { VoiceBoard, VoiceRef } from "../http/gateway/voice_board.ts";
import type { Rooms } from "../rooms/rooms.ts";
import type { Calls } from "../services/voice/calls.ts";
import type {
  ActAnswer,
  CallsElsewhere,
  OwnStay,
  StayElsewhere,
} from "../services/voice/calls_elsewhere.ts";
import { callServerAway, noSuchSession, refusedElsewhere } from "../services/voice/refusals.ts";
import { homeOf, isCallPlace } from "../services/voice/voice_place.ts";
import type { UserDirectory } from "../services/users/user_directory.ts";
import type { RemoteRings } from "./remote_rings.ts";
import { shownParticipants } from "./voice_shapes.ts";

/** What waits for time is looked at this often. */
const TICK_MS = 1000;

/** Somebody of this server in a call of another one. */
interface Stay extends StayElsewhere {
  readonly session: string;
  readonly server: ServerName;
  readonly userId: UserId;
  /** Monotonic times: when that server was last there, and since when the gateway is missing. */
  heardMs: number;
  noGatewaySinceMs: number | undefined;
}

/** A call elsewhere, as its server told of it. */
interface Shown {
  readonly server: ServerName;
  readonly ref: VoiceRef;
  readonly toldMs: number;
}

type Joining = Parameters<CallsElsewhere["join"]>[0];
type Moderating = Parameters<CallsElsewhere["moderate"]>[0];
type Ringing = Parameters<CallsElsewhere["ring"]>[0];
type Declining = Parameters<CallsElsewhere["decline"]>[0];
type Said = Parameters<typeof tellVoice.request.parse>[0] & {
  readonly words: readonly VoiceWord[];
  readonly channels: readonly RemoteChannel[];
};

export interface RemoteCallDeps {
  readonly rooms: Pick<Rooms, "open">;
  readonly users: Pick<UserDirectory, "find">;
  readonly calls: Calls;
  readonly rings: RemoteRings;
  readonly board: VoiceBoard;
  readonly transport: Pick<Transport, "call">;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * People of this server in calls of others. Their browsers talk to this server alone, which hands
 * on what they do; only their voice goes to the call's server. PROTOCOL.md, "Voice" (across
 * servers).
 */
export class RemoteCalls implements CallsElsewhere, AsyncDisposable {
  readonly #deps: RemoteCallDeps;
  readonly #stays = new Map<string, Stay>();
  readonly #byUser = new Map<UserId, Stay>();
  readonly #shown = new Map<string, Shown>();
  /** Joins under way, by the server that is asked. */
  readonly #joining = new Map<Promise<unknown>, ServerName>();
  readonly #keeping = new Set<ServerName>();
  readonly #stopping = new AbortController();
  #keptMs: number;

  constructor(deps: RemoteCallDeps) {
    this.#deps = deps;
    this.#keptMs = deps.clock.monotonic();
    void this.#follow();
  }

  async join(asking: Joining): Promise<VoiceSession> {
    const joining = this.#join(asking);
    this.#joining.set(joining, asking.home);
    try {
      return await joining;
    } finally {
      this.#joining.delete(joining);
    }
  }

  async #join({ place, home, sessionId, device, input }: Joining): Promise<VoiceSession> {
    const { room, channelId } = place;
    const { user: userId } = device;
    const who = {
      room_id: room.id,
      channel_id: channelId,
      user: userId,
      device: device.device,
    };
    const given = await this.#ask(
      home,
      (transport) => transport.call(home, askVoiceToken, { ...who, key_package: input.keyPackage }),
    );
    const { token } = given;
    if (token === null) throw callServerAway(home);
    const { muted, deafened } = input;
    const { stay } = await this.#ask(
      home,
      (transport) => transport.call(home, joinRemoteVoice, { ...who, token, muted, deafened }),
    );
    const fits = stay !== null && stay.room_id === room.id && stay.channel_id === channelId &&
      !this.#stays.has(stay.session);
    if (!fits) throw callServerAway(home);
    // The same server ended a former stay itself, and says so.
    const former = this.#byUser.get(userId);
    if (former !== undefined && former.server !== home) this.end(userId, "elsewhere");
    const here = this.#deps.calls.ofUser(userId);
    if (here !== undefined) this.#deps.calls.end(here, "elsewhere");
    const heardMs = this.#deps.clock.monotonic();
    const { session } = stay;
    const joined: Stay = {
      session,
      server: home,
      roomId: room.id,
      channelId,
      userId,
      sessionId,
      device,
      heardMs,
      noGatewaySinceMs: undefined,
    };
    this.#stays.set(session, joined);
    this.#byUser.set(userId, joined);
    this.#deps.rings.end(userId, joined, "accepted");
    return await this.#view(stay);
  }

  holds(own: OwnStay): boolean {
    return this.#own(own) !== undefined;
  }

  stayOf(userId: UserId): Stay | undefined {
    return this.#byUser.get(userId);
  }

  async act(own: OwnStay, act: VoiceAct): Promise<ActAnswer> {
    const stay = this.#own(own);
    if (stay === undefined) throw noSuchSession();
    if (act.kind === "leave") {
      this.#leave(stay);
      return { stay: undefined, participant: undefined, epoch: undefined };
    }
    const { session, userId: user, server } = stay;
    const answer = await this.#ask(
      server,
      (transport) => transport.call(server, actInVoice, { session, user, act }),
    );
    stay.heardMs = this.#deps.clock.monotonic();
    const [participant] = answer.participant === null
      ? []
      : await shownParticipants(this.#deps.users, [answer.participant], (id) => id === user);
    return {
      stay: answer.stay === null ? undefined : await this.#view(answer.stay),
      participant,
      epoch: answer.epoch ?? undefined,
    };
  }

  end(userId: UserId, reason: VoiceEndReason): void {
    const stay = this.#byUser.get(userId);
    if (stay === undefined) return;
    this.#leave(stay);
    this.#tellEnd(stay, reason);
  }

  endSessions(userId: UserId, sessionIds: readonly string[] | undefined): void {
    const stay = this.#byUser.get(userId);
    if (stay === undefined) return;
    if (sessionIds === undefined || sessionIds.includes(stay.sessionId)) {
      this.end(userId, "signed_out");
    }
  }

  async moderate(asking: Moderating): Promise<VoiceParticipant | null> {
    const { place: { room, channelId }, home, by, target, wanted } = asking;
    const request = { room_id: room.id, channel_id: channelId, by, user: target, wanted };
    const { participant } = await this.#ask(
      home,
      (transport) => transport.call(home, moderateRemoteVoice, request),
    );
    if (participant === null) return null;
    const { users } = this.#deps;
    const [shown] = await shownParticipants(users, [participant], (id) => id === target);
    return shown ?? null;
  }

  async ring({ place: { room, channelId }, home, by, users }: Ringing): Promise<RungPerson[]> {
    const request = { room_id: room.id, channel_id: channelId, by, users: [...users] };
    const { people } = await this.#ask(
      home,
      (transport) => transport.call(home, ringRemoteVoice, request),
    );
    return people ?? [];
  }

  decline({ place: { room, channelId }, home, userId: user }: Declining): void {
    this.#deps.rings.end(user, { roomId: room.id, channelId }, "declined");
    const request = { room_id: room.id, channel_id: channelId, user };
    const { signal } = this.#stopping;
    this.#tellSoon(
      home,
      (transport) => transport.call(home, declineRemoteVoice, request, { signal }),
    );
  }

  /** What another server says of its calls; answers of which stays nothing is known here. */
  async hear(server: ServerName, { words, channels }: Said): Promise<{ unknown: string[] }> {
    // The words to a stay can be here before the answer that brings it.
    if (words.some((word) => !isRingWord(word) && !this.#stays.has(word.d.session))) {
      const joins = [...this.#joining].filter(([, to]) => to === server).map(([join]) => join);
      await Promise.allSettled(joins);
    }
    const unknown = new Set<string>();
    for (const word of words) {
      if (isRingWord(word)) await this.#deps.rings.hear(server, word, this.#isCalling);
      else if (!this.#hearWord(server, word)) unknown.add(word.d.session);
    }
    for (const channel of channels) await this.#hearChannel(server, channel);
    return { unknown: [...unknown] };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    for (const stay of [...this.#stays.values()]) this.#tellEnd(stay, "closed");
    this.#deps.rings.close();
    await Promise.resolve();
  }

  #own({ caller, session }: OwnStay): Stay | undefined {
    const stay = this.#stays.get(session);
    const isOwn = stay?.userId === caller.userId && stay.sessionId === caller.sessionId;
    return isOwn ? stay : undefined;
  }

  readonly #isCalling: Parameters<RemoteRings["hear"]>[2] = (user, call) => {
    const stay = this.#byUser.get(user);
    return stay?.server === call.server && stay.roomId === call.roomId &&
      stay.channelId === call.channelId;
  };

  #hearWord(server: ServerName, word: StayWord): boolean {
    const stay = this.#stays.get(word.d.session);
    if (stay?.server !== server) return word.t === "voice.ended";
    stay.heardMs = this.#deps.clock.monotonic();
    const { board } = this.#deps;
    if (word.t === "voice.offer") board.tellSession(stay.sessionId, word.t, word.d);
    else if (word.t === "voice.group") board.tellSession(stay.sessionId, word.t, word.d);
    else if (word.t === "voice.ringing") {
      const place = { room_id: stay.roomId, channel_id: stay.channelId };
      board.tellSession(stay.sessionId, word.t, { ...word.d, ...place });
    } else void this.#hearEnd(stay, word.d);
    return true;
  }

  async #hearEnd(stay: Stay, end: Extract<VoiceWord, { t: "voice.ended" }>["d"]): Promise<void> {
    this.#forget(stay);
    // Nobody is sent on to a call of yet another server.
    const roomId = end.move_to === null ? undefined : parseRoomId(end.move_to.room_id);
    const room = roomId === undefined ? undefined : await this.#deps.rooms.open(roomId);
    const move_to = room !== undefined && homeOf(room) === stay.server ? end.move_to : null;
    this.#deps.board.tellSession(stay.sessionId, "voice.ended", { ...end, move_to });
  }

  async #hearChannel(server: ServerName, channel: RemoteChannel): Promise<void> {
    const { rooms, users, board, clock } = this.#deps;
    const roomId = parseRoomId(channel.room_id);
    const channelId = parseChannelId(channel.channel_id);
    const room = roomId === undefined ? undefined : await rooms.open(roomId);
    if (room === undefined || roomId === undefined || channelId === undefined) return;
    const { authority } = room;
    // Calls are their holder's to tell of, and nobody else's.
    if (homeOf(room) !== server || !isServerAllowed(authority.view, server)) return;
    if (!isCallPlace(room, channelId)) return;
    const key = `${roomId}/${channelId}`;
    const ofServer = [...this.#shown.values()].filter((each) => each.server === server).length;
    if (!this.#shown.has(key) && ofServer >= VOICE_LIMITS.channelsPerServer) return;
    const isMember = (user: UserId) => authority.isJoined(user);
    const participants = await shownParticipants(users, channel.participants, isMember);
    const present = new Set(participants.map(({ session }) => session));
    const speaking = [...new Set(channel.speaking)].filter((session) => present.has(session));
    const ref = { roomId, channelId };
    board.show(ref, { participants, speaking });
    if (participants.length === 0) this.#shown.delete(key);
    else this.#shown.set(key, { server, ref, toldMs: clock.monotonic() });
  }

  async #view(stay: RemoteStay): Promise<VoiceSession> {
    const { users } = this.#deps;
    const participants = await shownParticipants(users, stay.participants, () => true);
    return { ...stay, participants };
  }

  /** @throws OperationError as the other server refuses; `voice_unavailable` where it is away */
  async #ask<T extends { readonly refusal: Parameters<typeof refusedElsewhere>[1] | null }>(
    server: ServerName,
    ask: (transport: RemoteCallDeps["transport"]) => Promise<T>,
  ): Promise<T> {
    let answer: T;
    try {
      answer = await ask(this.#deps.transport);
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      if (error.kind === "refused" && error.details.code === "not_found") {
        throw refusedElsewhere(server, { code: "forbidden", reason: null });
      }
      throw callServerAway(server, error);
    }
    if (answer.refusal !== null) throw refusedElsewhere(server, answer.refusal);
    return answer;
  }

  #leave(stay: Stay): void {
    this.#forget(stay);
    const { session, userId: user, server } = stay;
    const request = { session, user, act: { kind: "leave" } } as const;
    const { signal } = this.#stopping;
    this.#tellSoon(server, (transport) => transport.call(server, actInVoice, request, { signal }));
  }

  /** What ends there all the same where it cannot be told. */
  #tellSoon(
    server: ServerName,
    tell: (transport: RemoteCallDeps["transport"]) => Promise<unknown>,
  ): void {
    void tell(this.#deps.transport).catch((error) => {
      if (!(error instanceof TransportError)) throw error;
      this.#deps.log.log("info", "A call's server could not be told who left or declined.", {
        server,
        error,
      });
    });
  }

  #forget(stay: Stay): void {
    this.#stays.delete(stay.session);
    if (this.#byUser.get(stay.userId) === stay) this.#byUser.delete(stay.userId);
  }

  #tellEnd(stay: Stay, reason: VoiceEndReason): void {
    this.#forget(stay);
    const { session, sessionId } = stay;
    this.#deps.board.tellSession(sessionId, "voice.ended", { session, reason, move_to: null });
  }

  #tick(): void {
    const { clock, board, rings } = this.#deps;
    const nowMs = clock.monotonic();
    rings.tick(nowMs);
    for (const stay of [...this.#stays.values()]) {
      stay.noGatewaySinceMs = board.isConnected(stay.sessionId)
        ? undefined
        : stay.noGatewaySinceMs ?? nowMs;
      const { noGatewaySinceMs = nowMs, heardMs } = stay;
      if (nowMs - noGatewaySinceMs > VOICE_LIMITS.gatewayGraceMs) {
        this.end(stay.userId, "no_gateway");
      } else if (nowMs - heardMs > VOICE_LIMITS.keptMs) this.#tellEnd(stay, "server_away");
    }
    for (const [key, { ref, toldMs }] of this.#shown) {
      if (nowMs - toldMs < VOICE_LIMITS.forgetMs) continue;
      this.#shown.delete(key);
      board.show(ref, { participants: [], speaking: [] });
    }
    if (nowMs - this.#keptMs < VOICE_LIMITS.keepMs) return;
    this.#keptMs = nowMs;
    const byServer = Map.groupBy(this.#stays.values(), ({ server }) => server);
    for (const [server, stays] of byServer) void this.#keep(server, stays);
  }

  /** Says that these are still there. */
  async #keep(server: ServerName, stays: readonly Stay[]): Promise<void> {
    if (this.#keeping.has(server)) return;
    this.#keeping.add(server);
    const { transport, clock, log } = this.#deps;
    const { signal } = this.#stopping;
    try {
      for (let at = 0; at < stays.length; at += VOICE_LIMITS.staysPerKeep) {
        const some = stays.slice(at, at + VOICE_LIMITS.staysPerKeep);
        const request = {
          stays: some.map(({ session, userId }) => ({ session, user: userId })),
        };
        const over = new Set((await transport.call(server, keepVoice, request, { signal })).over);
        for (const stay of some) {
          stay.heardMs = clock.monotonic();
          // Its end was told, or that word is lost.
          if (over.has(stay.session) && this.#stays.has(stay.session)) {
            this.#tellEnd(stay, "server_away");
          }
        }
      }
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      log.log("info", "The server of a call does not answer.", { server, error });
    } finally {
      this.#keeping.delete(server);
    }
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

function isRingWord(word: VoiceWord): word is RingWord {
  return word.t === "voice.ring" || word.t === "voice.ring_ended";
}
