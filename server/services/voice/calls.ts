import { encodeBase58Of16 } from "../../../core/ids/base58.ts";
import {
  type ServerVoiceAbsence,
  VOICE_LIMITS,
  type VoiceEndReason,
  type VoiceOffer,
  type VoiceSession,
} from "../../../core/api/voice.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Rng } from "../../../core/ports/rng.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Seat, Sfu } from "../../../voice/sfu/sfu.ts";
import type { Caller } from "../../http/caller.ts";
import type { VoiceBoard, VoiceRef } from "../../http/gateway/voice_board.ts";
import {
  type Call,
  type Participant,
  passes,
  shownTracks,
  viewParticipant,
  watchedTracks,
} from "./call.ts";
import { CallGroup } from "./call_group.ts";
import { type OnMissed, Rings } from "./rings.ts";
import type { GroupMember } from "./call_places.ts";
import {
  callFull,
  noSuchSession,
  serverFull,
  showingOff,
  tooMuchShown,
  voiceAbsent,
} from "./refusals.ts";

export interface CallsOptions {
  /** Calls of this process at once. */
  readonly maxCalls: number;
  /** Participants of one call. */
  readonly maxParticipants: number;
  /** Screens and cameras shown in one call. */
  readonly maxShown: number;
  /** Of each of them, bits a second; 0: none can be shown. */
  readonly videoBitrate: number;
}

export interface CallsDeps {
  readonly media: CallMedia;
  readonly board: VoiceBoard;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly meter: CallMeter;
  /** Somebody who was rung did not come. */
  readonly missed: OnMissed;
}

/** The media server, which is opened with the first call. */
export interface CallMedia {
  /** Why there is none. */
  readonly absence: ServerVoiceAbsence | undefined;
  /** What was opened. */
  readonly sfu: Sfu | undefined;
  open(): Promise<Sfu | ServerVoiceAbsence>;
}

/** Figures of calls, without names. */
export interface CallMeter {
  voiceJoined(): void;
  voiceEnded(reason: VoiceEndReason): void;
}

/** Somebody who may come in. */
export interface Entrance
  extends
    Pick<Participant, "userId" | "sessionId" | "device" | "user">,
    Pick<Participant, "muted" | "deafened" | "marks" | "maySpeak" | "mayPrioritize">,
    Pick<Participant, "mayShow" | "bitrate"> {
  readonly keyPackage: GroupMember["keyPackage"];
  /** Of the channel; 0: none, or this one may pass it. */
  readonly userLimit: number;
}

/**
 * The calls of this process: who is in them, and what each participant hears of it. Everything
 * here is synchronous and in memory; who may do what was decided before. A user is in one call at
 * a time, and a call ends with its last participant.
 */
export class Calls {
  /** Who is rung for them. */
  readonly rings: Rings;
  readonly #deps: CallsDeps;
  readonly #options: CallsOptions;
  /** By `room/channel`. */
  readonly #calls = new Map<string, Call>();
  readonly #byUser = new Map<UserId, Participant>();
  readonly #bySession = new Map<string, Participant>();

  constructor(deps: CallsDeps, options: CallsOptions) {
    this.#deps = deps;
    this.#options = options;
    this.rings = new Rings(deps);
  }

  all(): Iterable<Call> {
    return this.#calls.values();
  }

  get size(): number {
    return this.#calls.size;
  }

  get participantCount(): number {
    return this.#bySession.size;
  }

  at({ roomId, channelId }: VoiceRef): Call | undefined {
    return this.#calls.get(`${roomId}/${channelId}`);
  }

  ofUser(userId: UserId): Participant | undefined {
    return this.#byUser.get(userId);
  }

  /** The caller's own stay. @throws OperationError `not_found` */
  own(caller: Pick<Caller, "userId" | "sessionId">, session: string): Participant {
    const participant = this.#bySession.get(session);
    if (participant?.userId === caller.userId && participant.sessionId === caller.sessionId) {
      return participant;
    }
    throw noSuchSession();
  }

  /** @throws OperationError `voice_unavailable` */
  requireOffered(): void {
    const { absence } = this.#deps.media;
    if (absence !== undefined) throw voiceAbsent(absence);
  }

  /** Before somebody comes in. @throws OperationError `voice_unavailable` */
  async open(): Promise<Sfu> {
    const opened = await this.#deps.media.open();
    if (typeof opened === "string") throw voiceAbsent(opened);
    return opened;
  }

  /** @throws OperationError `voice_full` where this user finds no place in the channel */
  requirePlace(ref: VoiceRef, { userId, userLimit }: Pick<Entrance, "userId" | "userLimit">): void {
    const others = [...this.at(ref)?.participants.values() ?? []]
      .filter((each) => each.userId !== userId).length;
    const { maxParticipants } = this.#options;
    const limit = userLimit === 0 ? maxParticipants : Math.min(userLimit, maxParticipants);
    if (others >= limit) throw callFull(limit);
  }

  /**
   * Before somebody shows these.
   * @throws OperationError `voice_unavailable`, `voice_full` where as much is shown in the call as may be
   */
  requireRoomToShow({ call, session }: Participant, count: number): void {
    const { maxShown, videoBitrate } = this.#options;
    if (videoBitrate === 0) throw showingOff();
    const others = [...call.participants.values()].filter((each) => each.session !== session);
    const shown = others.reduce((sum, { shows }) => sum + shows.length, 0);
    if (shown + count > maxShown) throw tooMuchShown(maxShown);
  }

  /** Takes somebody in, after `open`; a stay elsewhere ends. @throws OperationError `voice_full`, `voice_unavailable` */
  enter(ref: VoiceRef, entrance: Entrance): Participant {
    const { sfu } = this.#deps.media;
    if (sfu === undefined) throw voiceAbsent("no_port");
    this.requirePlace(ref, entrance);
    const former = this.#byUser.get(entrance.userId);
    const { maxCalls } = this.#options;
    const isFreed = former?.call.participants.size === 1;
    if (this.at(ref) === undefined && this.#calls.size - (isFreed ? 1 : 0) >= maxCalls) {
      throw serverFull(maxCalls);
    }
    if (former !== undefined) this.end(former, "elsewhere");
    const call = this.at(ref) ?? this.#begin(ref);
    const session = encodeBase58Of16(this.#deps.rng.bytes(16));
    const { bitrate } = entrance;
    const seat = sfu.join({ call: call.id, participant: session, bitrate, ...passes(entrance) });
    if (seat === undefined) {
      this.#endIfEmpty(call);
      throw callFull(call.participants.size);
    }
    const participant = this.#seated(call, { session, seat, entrance });
    call.participants.set(session, participant);
    this.#bySession.set(session, participant);
    this.#byUser.set(participant.userId, participant);
    this.#follow(participant);
    this.#deps.board.put(call, viewParticipant(participant));
    this.rings.entered(call, participant.userId);
    call.group.enter({ session, device: entrance.device, keyPackage: entrance.keyPackage });
    this.#deps.meter.voiceJoined();
    return participant;
  }

  /** Ends a stay: the sound at once, then everybody hears of it. */
  end(participant: Participant, reason: VoiceEndReason, moveTo?: VoiceRef): void {
    const { session, call, userId, sessionId, seat } = participant;
    if (!this.#bySession.delete(session)) return;
    seat.leave();
    this.#byUser.delete(userId);
    call.participants.delete(session);
    if (participant.speaking) call.speakingChanged = true;
    const { board, meter } = this.#deps;
    board.tellSession(sessionId, "voice.ended", {
      session,
      reason,
      move_to: moveTo === undefined
        ? null
        : { room_id: moveTo.roomId, channel_id: moveTo.channelId },
    });
    board.remove(call, { session, userId });
    call.group.leave(session);
    this.#endIfEmpty(call);
    meter.voiceEnded(reason);
  }

  /** What a participant is or may is different now: holds for the next packet. */
  change(
    participant: Participant,
    change: Partial<
      Pick<
        Participant,
        | ("muted" | "deafened" | "marks" | "maySpeak" | "mayPrioritize")
        | ("priority" | "recording" | "bitrate" | "user")
        | ("mayShow" | "shows" | "watches")
      >
    >,
  ): void {
    const before = JSON.stringify(viewParticipant(participant));
    const { bitrate } = participant;
    Object.assign(participant, change);
    if (!participant.mayShow) participant.shows = [];
    participant.seat.show(shownTracks(participant));
    participant.seat.watch(watchedTracks(participant.watches));
    participant.seat.set({
      ...passes(participant),
      ...(participant.bitrate === bitrate ? {} : { bitrate: participant.bitrate }),
    });
    const after = viewParticipant(participant);
    if (JSON.stringify(after) !== before) this.#deps.board.put(participant.call, after);
  }

  view(participant: Participant, afterEpoch?: number): VoiceSession {
    const { session, call, seat, bitrate } = participant;
    return {
      session,
      room_id: call.roomId,
      channel_id: call.channelId,
      bitrate,
      video_bitrate: this.#options.videoBitrate,
      offer: viewOffer(seat.offer),
      participants: [...call.participants.values()].map(viewParticipant),
      group: call.group.view(afterEpoch),
    };
  }

  /** A signed-in session has no connection any more: it has some time to come back. */
  lostGateway(sessionId: string): void {
    for (const participant of this.#bySession.values()) {
      if (participant.sessionId === sessionId) {
        participant.noGatewaySinceMs = this.#deps.clock.monotonic();
      }
    }
  }

  /** Who lost the gateway or the sound for too long goes; what waits for time is looked at. */
  tick(): void {
    const nowMs = this.#deps.clock.monotonic();
    for (const participant of [...this.#bySession.values()]) this.#lookAt(participant, nowMs);
    for (const call of this.#calls.values()) {
      call.group.tick();
      this.#tellSpeaking(call, nowMs);
    }
    this.rings.tick();
  }

  /** Ends everything: the server stops. */
  endAll(): void {
    for (const participant of [...this.#bySession.values()]) this.end(participant, "closed");
  }

  #begin(ref: VoiceRef): Call {
    const participants = new Map<string, Participant>();
    const { board, clock, rng } = this.#deps;
    const call: Call = {
      id: encodeBase58Of16(rng.bytes(16)),
      roomId: ref.roomId,
      channelId: ref.channelId,
      participants,
      group: new CallGroup({
        clock,
        tell: (session, word) => {
          const sessionId = participants.get(session)?.sessionId;
          if (sessionId !== undefined) {
            board.tellSession(sessionId, "voice.group", { ...word, session });
          }
        },
      }),
      speakingChanged: false,
      speakingToldMs: 0,
    };
    this.#calls.set(`${ref.roomId}/${ref.channelId}`, call);
    return call;
  }

  #endIfEmpty(call: Call): void {
    if (call.participants.size > 0) return;
    this.#calls.delete(`${call.roomId}/${call.channelId}`);
    this.rings.over(call);
  }

  #seated(
    call: Call,
    { session, seat, entrance }: {
      readonly session: string;
      readonly seat: Seat;
      readonly entrance: Entrance;
    },
  ): Participant {
    const { userId, sessionId, device, user, muted, deafened, marks, bitrate } = entrance;
    const { board, clock } = this.#deps;
    const nowMs = clock.monotonic();
    return {
      session,
      call,
      seat,
      userId,
      sessionId,
      device,
      user,
      muted,
      deafened,
      marks,
      maySpeak: entrance.maySpeak,
      mayPrioritize: entrance.mayPrioritize,
      priority: false,
      mayShow: entrance.mayShow,
      shows: [],
      watches: [],
      recording: false,
      bitrate,
      joinedTs: clock.now(),
      connected: false,
      speaking: false,
      noGatewaySinceMs: board.isConnected(sessionId) ? undefined : nowMs,
      noMediaSinceMs: nowMs,
    };
  }

  /** What the media server says of a participant. */
  #follow(participant: Participant): void {
    const { board, clock } = this.#deps;
    const { session, sessionId, seat, call } = participant;
    const isOver = () => !this.#bySession.has(session);
    seat.onOffer((made) => {
      if (isOver()) return;
      const offer = viewOffer(made);
      board.tellSession(sessionId, "voice.offer", { session, offer });
    });
    seat.onState((state) => {
      if (isOver()) return;
      if (state === "failed") return this.end(participant, "no_media");
      const connected = state === "connected";
      if (connected === participant.connected) return;
      participant.connected = connected;
      participant.noMediaSinceMs = connected ? undefined : clock.monotonic();
      board.put(call, viewParticipant(participant));
    });
    seat.onSpeaking((speaking) => {
      if (isOver() || participant.speaking === speaking) return;
      participant.speaking = speaking;
      call.speakingChanged = true;
      this.#tellSpeaking(call, clock.monotonic());
    });
  }

  #lookAt(participant: Participant, nowMs: number): void {
    const { gatewayGraceMs, mediaGraceMs } = VOICE_LIMITS;
    const { board } = this.#deps;
    if (board.isConnected(participant.sessionId)) participant.noGatewaySinceMs = undefined;
    const { noGatewaySinceMs = nowMs, noMediaSinceMs = nowMs } = participant;
    if (nowMs - noGatewaySinceMs > gatewayGraceMs) this.end(participant, "no_gateway");
    else if (nowMs - noMediaSinceMs > mediaGraceMs) this.end(participant, "no_media");
  }

  /** Who speaks, whole and not too often: what comes in between is told with the next tick. */
  #tellSpeaking(call: Call, nowMs: number): void {
    if (!call.speakingChanged || nowMs - call.speakingToldMs < VOICE_LIMITS.speakingMs) return;
    call.speakingChanged = false;
    call.speakingToldMs = nowMs;
    const speaking = [...call.participants.values()].filter((each) => each.speaking);
    this.#deps.board.speaking(call, speaking.map(({ session }) => session));
  }
}

/** As the browser is told of it. */
export function viewOffer({ seq, sdp, mids, sends }: Seat["offer"]): VoiceOffer {
  return {
    seq,
    sdp,
    mids: mids.map((each) => ({ ...each })),
    sends: sends.map(({ layers, ...each }) => ({ ...each, layers: [...layers] })),
  };
}
