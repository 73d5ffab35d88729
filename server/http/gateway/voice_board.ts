import type { DispatchData } from "../../../core/api/gateway.ts";
import type { VoiceChannel, VoiceParticipant } from "../../../core/api/voice.ts";
import type { User } from "../../../core/api/user.ts";
import type { RingEnd } from "../../../core/api/ringing.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import { dispatchFrame } from "./frame.ts";
import type { Hub } from "./hub.ts";
import { channelKey, type Session } from "./session.ts";
import type { Dispatch, Entitlement } from "./source.ts";

/** A voice channel, as dispatches name it. */
export interface VoiceRef {
  readonly roomId: RoomId;
  readonly channelId: ChannelId;
}

interface Shown extends VoiceRef {
  /** By the stay in the call; the longest present first. */
  readonly participants: Map<string, VoiceParticipant>;
  /** Stays of those who speak. */
  speaking: readonly string[];
}

/** What this server's calls say to people of other servers. */
export interface BoardElsewhere {
  /** Who is in a channel, or who speaks there, is different now. */
  changed(ref: VoiceRef): void;
  /** Whether the session is one of another server's users; it is told then. */
  tell(sessionId: string, word: { readonly t: OwnWord; readonly d: unknown }): boolean;
  /** Whether it is one, and its server is there. */
  holds(sessionId: string): boolean;
  /** Whether it is another server's user; its server is told then. */
  ring(userId: UserId, ref: VoiceRef, ring: Ring): boolean;
  ringEnded(userId: UserId, ref: VoiceRef, reason: RingEnd): boolean;
}

/** A channel as it was told. */
export interface Told {
  readonly participants: readonly VoiceParticipant[];
  readonly speaking: readonly string[];
}

export type OwnWord = "voice.offer" | "voice.group" | "voice.ended" | "voice.ringing";
type PeopleWord = "voice.missed";

/** Somebody calls. */
export interface Ring {
  readonly by: User;
  /** Monotonic. */
  readonly untilMs: number;
}

/** Hears who of this server's people is rung, and that it is over. */
export interface RingListener {
  begun(userId: UserId, ref: VoiceRef): void;
  ended(userId: UserId, ref: VoiceRef, reason: RingEnd): void;
}

/**
 * Who is in which voice channel, as those see it who may see the channel; kept nowhere else and
 * gone with the process. Changes are told at once, outside the order of updates; whoever arrives
 * or comes to see a channel is told it whole.
 */
export class VoiceBoard {
  readonly #hub: Hub;
  readonly #clock: Clock;
  /** Who is rung for what, by the user and the channel's key. */
  readonly #rings = new Map<string, Map<string, VoiceRef & Ring>>();
  readonly #channels = new Map<string, Shown>();
  #elsewhere: BoardElsewhere | undefined;
  #ringing: RingListener | undefined;

  constructor(deps: { readonly hub: Hub; readonly clock: Clock }) {
    this.#hub = deps.hub;
    this.#clock = deps.clock;
    this.#hub.onGain((session, keys) => this.#tellWhole(session, keys));
  }

  /** From now on other servers hear of this server's calls as well. */
  tellElsewhere(elsewhere: BoardElsewhere): void {
    this.#elsewhere = elsewhere;
  }

  /** From now on devices without a page hear of calls as well. */
  tellRings(ringing: RingListener): void {
    this.#ringing = ringing;
  }

  /** Somebody joined, or is another way now. */
  put(ref: VoiceRef, participant: VoiceParticipant): void {
    const key = channelKey(ref.roomId, ref.channelId);
    const shown = this.#channels.get(key) ?? { ...ref, participants: new Map(), speaking: [] };
    shown.participants.set(participant.session, participant);
    this.#channels.set(key, shown);
    this.#tell(ref, { t: "voice.state", d: { ...named(ref), participant } });
    this.#elsewhere?.changed(ref);
  }

  remove(
    ref: VoiceRef,
    { session, userId }: { readonly session: string; readonly userId: string },
  ) {
    const key = channelKey(ref.roomId, ref.channelId);
    const shown = this.#channels.get(key);
    if (shown?.participants.delete(session) !== true) return;
    if (shown.participants.size === 0) this.#channels.delete(key);
    this.#tell(ref, { t: "voice.left", d: { ...named(ref), session, user_id: userId } });
    this.#elsewhere?.changed(ref);
  }

  speaking(ref: VoiceRef, sessions: readonly string[]): void {
    const shown = this.#channels.get(channelKey(ref.roomId, ref.channelId));
    if (shown !== undefined) shown.speaking = sessions;
    this.#tell(ref, { t: "voice.speaking", d: { ...named(ref), sessions: [...sessions] } });
    this.#elsewhere?.changed(ref);
  }

  /** A call that another server holds, as that one tells of it. */
  show(ref: VoiceRef, { participants, speaking }: Pick<Told, "participants" | "speaking">): void {
    const key = channelKey(ref.roomId, ref.channelId);
    const before = this.at(ref);
    if (participants.length === 0) this.#channels.delete(key);
    else {
      const present = new Map(participants.map((each) => [each.session, each]));
      this.#channels.set(key, { ...ref, participants: present, speaking });
    }
    if (JSON.stringify(before.participants) !== JSON.stringify(participants)) {
      const d = { ...named(ref), participants: [...participants] };
      this.#tell(ref, { t: "voice.channel", d });
    }
    if (JSON.stringify(before.speaking) !== JSON.stringify(speaking)) {
      this.#tell(ref, { t: "voice.speaking", d: { ...named(ref), sessions: [...speaking] } });
    }
  }

  /** Who is in a channel now, and who speaks there. */
  at({ roomId, channelId }: VoiceRef): Told {
    const shown = this.#channels.get(channelKey(roomId, channelId));
    return {
      participants: [...shown?.participants.values() ?? []],
      speaking: shown?.speaking ?? [],
    };
  }

  /** A word to one signed-in browser, in all its windows. */
  tellSession<Name extends OwnWord>(sessionId: string, t: Name, d: DispatchData<Name>): void {
    if (this.#elsewhere?.tell(sessionId, { t, d }) === true) return;
    this.#hub.deliverEphemeral({ t, d, audience: { to: "session", sessionId } } as Dispatch);
  }

  /** A word to all devices of these users. */
  tellUsers<Name extends PeopleWord>(
    userIds: readonly UserId[],
    t: Name,
    d: DispatchData<Name>,
  ): void {
    this.#hub.deliverEphemeral({ t, d, audience: { to: "users", userIds } } as Dispatch);
  }

  /** Rings somebody on all devices, and on those that arrive meanwhile. */
  ring(userId: UserId, { roomId, channelId }: VoiceRef, ring: Ring): void {
    if (this.#elsewhere?.ring(userId, { roomId, channelId }, ring) === true) return;
    const rings = this.#rings.get(userId) ?? new Map<string, VoiceRef & Ring>();
    const whole = { roomId, channelId, ...ring };
    this.#rings.set(userId, rings.set(channelKey(roomId, channelId), whole));
    const audience = { to: "users", userIds: [userId] } as const;
    this.#hub.deliverEphemeral({ t: "voice.ring", d: this.#ringData(whole), audience });
    this.#ringing?.begun(userId, { roomId, channelId });
  }

  ringEnded(userId: UserId, ref: VoiceRef, reason: RingEnd): void {
    if (this.#elsewhere?.ringEnded(userId, ref, reason) === true) return;
    const rings = this.#rings.get(userId);
    if (rings?.delete(channelKey(ref.roomId, ref.channelId)) !== true) return;
    if (rings.size === 0) this.#rings.delete(userId);
    const audience = { to: "users", userIds: [userId] } as const;
    this.#hub.deliverEphemeral({ t: "voice.ring_ended", d: { ...named(ref), reason }, audience });
    this.#ringing?.ended(userId, ref, reason);
  }

  /** Whether this signed-in browser has a live connection. */
  isConnected(sessionId: string): boolean {
    return this.#elsewhere?.holds(sessionId) === true || this.#hub.hasSession(sessionId);
  }

  /** Who is in those voice channels that these rights let see. */
  among(entitlements: readonly Entitlement[]): VoiceChannel[] {
    if (this.#channels.size === 0) return [];
    const rooms = new Map(entitlements.map(({ roomId, channelIds }) => [roomId, channelIds]));
    return [...this.#channels.values()]
      .filter(({ roomId, channelId }) => rooms.get(roomId)?.includes(channelId))
      .map(whole);
  }

  /** Everybody whom a session that has just arrived may see, but in what it was told already. */
  greet(session: Session, told: readonly VoiceChannel[]): void {
    const known = new Set(told.map((each) => channelKey(each.room_id, each.channel_id)));
    this.#tellWhole(session, [...session.channels].filter((key) => !known.has(key)));
    for (const ring of this.#rings.get(session.caller.userId)?.values() ?? []) {
      session.tell(dispatchFrame("voice.ring", this.#ringData(ring), undefined));
    }
  }

  #ringData(ring: VoiceRef & Ring) {
    const left_ms = Math.max(0, Math.round(ring.untilMs - this.#clock.monotonic()));
    return { ...named(ring), by: ring.by, left_ms };
  }

  #tellWhole(session: Session, keys: readonly string[]): void {
    if (this.#channels.size === 0) return;
    for (const key of keys) {
      const shown = this.#channels.get(key);
      if (shown !== undefined) {
        session.tell(dispatchFrame("voice.channel", whole(shown), undefined));
      }
    }
  }

  #tell(
    { roomId, channelId }: VoiceRef,
    word: Pick<Extract<Dispatch, { t: `voice.${string}` }>, "t" | "d">,
  ): void {
    const audience = { to: "channel", roomId, channelId } as const;
    this.#hub.deliverEphemeral({ ...word, audience } as Dispatch);
  }
}

function named({ roomId, channelId }: VoiceRef) {
  return { room_id: roomId, channel_id: channelId };
}

function whole(shown: Shown): VoiceChannel {
  return { ...named(shown), participants: [...shown.participants.values()] };
}
