import { type Signal, signal } from "@preact/signals";
import type { ServerFrame } from "../../../core/api/gateway.ts";
import type { MissedCall, RungPerson } from "../../../core/api/ringing.ts";
import type { User } from "../../../core/api/user.ts";
import type {
  VoiceChannel,
  VoiceParticipant,
  VoiceSource,
  VoiceWatch,
} from "../../../core/api/voice.ts";
import type { CallDevice } from "../../../core/e2ee/voice/call_keys.ts";
import { refKey } from "./place.ts";

type Dispatch = Extract<ServerFrame, { op: "dispatch" }>;

/** Where a call is. */
export interface CallSpot {
  /** null: in a conversation. */
  readonly guildId: string | null;
  readonly room_id: string;
  readonly channel_id: string;
  /** As it is shown, also from elsewhere. */
  readonly name: string;
}

/** Why a call does not begin, or stands still; each has a text that says what to do. */
export type CallTrouble =
  /** Browsers give the microphone to pages of https alone. */
  | "insecure"
  /** This browser lacks what encryption of calls needs. */
  | "unsupported"
  /** This device has no certificate of the account yet. */
  | "unapproved"
  /** The network lets no sound through to the server. */
  | "blocked"
  | "full"
  | "forbidden"
  | "unavailable"
  /** Another server holds the call and would see this device's address; nobody has agreed yet. */
  | "address"
  /** That server does not answer, or offers no calls now. */
  | "serverAway"
  | "serverOff"
  | "failed";

/** Why nothing is heard of this person, who is in the call all the same. */
export type MicrophoneTrouble = "denied" | "missing" | "busy" | "no_right";

export type CallPhase = "connecting" | "connected" | "reconnecting" | "stopped";

/** How good the way is. Of the last seconds; undefined: not known yet. */
export interface CallQuality {
  readonly rttMs: number | undefined;
  /** Packets lost on the way to here and from here, whichever is worse, 0 to 1. */
  readonly loss: number | undefined;
  readonly jitterMs: number | undefined;
  /** Frames that could not be opened, of all that came, 0 to 1. */
  readonly undecryptable: number | undefined;
}

/** The call that this tab is in. */
export interface CallShown {
  readonly spot: CallSpot;
  readonly session: string | undefined;
  readonly phase: CallPhase;
  readonly trouble: CallTrouble | undefined;
  /** The other server that holds the call, where it has to do with the trouble. */
  readonly server: string | undefined;
  readonly microphone: MicrophoneTrouble | undefined;
  /** Nothing can be played here: the browser has no sound output. */
  readonly isSoundless: boolean;
  readonly muted: boolean;
  readonly deafened: boolean;
  /** Whether the microphone is let through at this moment. */
  readonly talking: boolean;
  /** Only while a key or button is held. */
  readonly pushToTalk: boolean;
  /** What people compare; undefined until the keys are there. */
  readonly code: string | undefined;
  readonly devices: readonly CallDevice[];
  readonly quality: CallQuality | undefined;
  /** Something can be shown in this call at all. */
  readonly canShow: boolean;
  readonly watches: readonly VoiceWatch[];
  /** Screens and cameras that can be seen here, the own ones with them, by `showKey`. */
  readonly pictures: ReadonlyMap<string, Picture>;
  /** They are seen where one reads at this moment. */
  readonly staged: boolean;
}

export interface Picture {
  readonly stream: MediaStream;
  /** A first frame was genuine, or it is the own one. */
  readonly isProven: boolean;
  /** Something was heard of it. */
  readonly hasSound: boolean;
}

/** A call that rings here. */
export interface Incoming {
  readonly room_id: string;
  readonly channel_id: string;
  readonly by: User;
  /** It rings no longer than this from when it was told, ms. */
  readonly leftMs: number;
}

interface Spot {
  readonly room_id: string;
  readonly channel_id: string;
}

/** What can be done in a call: there while this tab is in one. */
export interface CallActs {
  mute(): void;
  deafen(): void;
  /** Others are turned down while one speaks, or not any more. */
  prioritize(): void;
  /** Push to talk: the key or button is held, or let go. */
  push(held: boolean): void;
  leave(): void;
  /** Shows a screen or camera, or ends it. */
  show(source: VoiceSource): void;
  /** Watches what somebody shows, or not any more. */
  watch(watch: VoiceWatch): void;
  /** Pictures are seen where one reads, or not any more. */
  stage(staged: boolean): void;
  /** Begins anew after a trouble; also asks for the microphone once more. */
  retry(): void;
  setVolume(userId: string, percent: number): void;
  volumeOf(userId: string): number;
  /** What the gateway says of this tab's stay. */
  hear(frame: Dispatch): void;
  /** The gateway is live again. */
  online(): void;
}

/** Voice channels as the chat shows them. */
export class VoiceStore {
  /** Who is where, by the channel's key. */
  readonly channels: Signal<ReadonlyMap<string, VoiceChannel>>;
  /** Stays of those who speak now, by the channel's key. */
  readonly speaking: Signal<ReadonlyMap<string, ReadonlySet<string>>> = signal(new Map());
  readonly call: Signal<CallShown | undefined> = signal(undefined);
  /** Calls that ring here, the first one first. */
  readonly rings: Signal<readonly Incoming[]> = signal([]);
  /** How it stands with those who were rung for this tab's call, by the channel's key. */
  readonly rung: Signal<ReadonlyMap<string, readonly RungPerson[]>> = signal(new Map());
  readonly missed: Signal<readonly MissedCall[]>;
  acts: CallActs | undefined;

  constructor(channels: readonly VoiceChannel[], missed: readonly MissedCall[]) {
    this.channels = signal(byKey(channels));
    this.missed = signal(missed);
  }

  takeSnapshot(channels: readonly VoiceChannel[]): void {
    this.channels.value = byKey(channels);
    this.speaking.value = new Map();
    this.rings.value = [];
  }

  rungIn(place: Spot): readonly RungPerson[] {
    return this.rung.value.get(refKey(place)) ?? [];
  }

  missedIn({ room_id }: Spot): MissedCall | undefined {
    return this.missed.value.find((each) => each.room_id === room_id);
  }

  /** It does not ring here any more. */
  ringOver({ room_id }: Spot): void {
    this.rings.value = this.rings.value.filter((each) => each.room_id !== room_id);
  }

  takeRung(told: Spot & { readonly people: readonly RungPerson[] }): void {
    this.rung.value = new Map([[refKey(told), told.people]]);
  }

  peopleIn(place: { readonly room_id: string; readonly channel_id: string }) {
    return this.channels.value.get(refKey(place))?.participants ?? [];
  }

  speaks(place: { readonly room_id: string; readonly channel_id: string }, session: string) {
    return this.speaking.value.get(refKey(place))?.has(session) ?? false;
  }

  /** Applies what the gateway tells of calls. */
  hear(frame: Dispatch): void {
    this.#apply(frame);
    this.acts?.hear(frame);
  }

  /** Everybody in a channel, as the server says it. */
  takeChannel({ room_id, channel_id, participants }: VoiceChannel): void {
    this.#put({ room_id, channel_id }, () => participants);
  }

  #apply(frame: Dispatch): void {
    switch (frame.t) {
      case "voice.state":
        return this.#put(frame.d, (others) => place(others, frame.d.participant));
      case "voice.left":
        return this.#put(
          frame.d,
          (others) => others.filter(({ session }) => session !== frame.d.session),
        );
      case "voice.channel":
        return this.takeChannel(frame.d);
      case "voice.ring": {
        const { left_ms, ...ring } = frame.d;
        this.ringOver(ring);
        this.rings.value = [...this.rings.value, { ...ring, leftMs: left_ms }];
        return;
      }
      case "voice.ring_ended":
        return this.ringOver(frame.d);
      case "voice.ringing":
        return this.takeRung(frame.d);
      case "voice.missed":
        this.missed.value = frame.d.calls;
        return;
      case "voice.speaking":
        this.speaking.value = new Map(this.speaking.value)
          .set(refKey(frame.d), new Set(frame.d.sessions));
        return;
    }
  }

  #put(
    { room_id, channel_id }: { readonly room_id: string; readonly channel_id: string },
    change: (present: readonly VoiceParticipant[]) => readonly VoiceParticipant[],
  ): void {
    const key = refKey({ room_id, channel_id });
    const channels = new Map(this.channels.value);
    const participants = [...change(channels.get(key)?.participants ?? [])];
    if (participants.length === 0) channels.delete(key);
    else channels.set(key, { room_id, channel_id, participants });
    this.channels.value = channels;
  }
}

function byKey(channels: readonly VoiceChannel[]): ReadonlyMap<string, VoiceChannel> {
  return new Map(channels.map((channel) => [refKey(channel), channel]));
}

/** Who changes keeps the place; who comes is the last. A user is in a channel once. */
function place(
  present: readonly VoiceParticipant[],
  one: VoiceParticipant,
): readonly VoiceParticipant[] {
  const at = present.findIndex(({ session }) => session === one.session);
  if (at !== -1) return present.with(at, one);
  return [...present.filter(({ user }) => user.id !== one.user.id), one];
}
