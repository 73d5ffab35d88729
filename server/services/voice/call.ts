import type { VoiceParticipant, VoiceSource, VoiceWatch } from "../../../core/api/voice.ts";
import type { User } from "../../../core/api/user.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Seat } from "../../../voice/sfu/sfu.ts";
import type { ShownTrack } from "../../../voice/signalling/tracks.ts";
import type { VoiceRef } from "../../http/gateway/voice_board.ts";
import type { RegisteredDevice } from "../e2ee/registered_devices.ts";
import type { CallGroup } from "./call_group.ts";

/** What is going on in one voice channel. It begins and ends with its participants. */
export interface Call extends VoiceRef {
  /** Names it to the media server. */
  readonly id: string;
  /** By the session of their stay; the longest present first. */
  readonly participants: Map<string, Participant>;
  readonly group: CallGroup;
  /** Who speaks has changed since it was told. */
  speakingChanged: boolean;
  /** Monotonic time at which who speaks was told last. */
  speakingToldMs: number;
}

/** What moderators of the guild decided about somebody's voice. */
export interface Marks {
  readonly muted: boolean;
  readonly deafened: boolean;
}

/** Somebody's stay in a call. */
export interface Participant {
  readonly session: string;
  readonly call: Call;
  readonly userId: UserId;
  /** The signed-in session whose device it is. */
  readonly sessionId: string;
  readonly device: RegisteredDevice;
  readonly joinedTs: number;
  readonly seat: Seat;
  user: User;
  muted: boolean;
  deafened: boolean;
  marks: Marks;
  maySpeak: boolean;
  /** Holds PRIORITY_SPEAKER here now. */
  mayPrioritize: boolean;
  /** Wants the others turned down while it speaks. */
  priority: boolean;
  recording: boolean;
  /** Holds VIDEO here now. */
  mayShow: boolean;
  shows: readonly VoiceSource[];
  watches: readonly VoiceWatch[];
  bitrate: number;
  connected: boolean;
  speaking: boolean;
  /** Monotonic times since when its gateway or its sound is missing. */
  noGatewaySinceMs: number | undefined;
  noMediaSinceMs: number | undefined;
}

type Standing = Pick<Participant, "muted" | "deafened" | "marks" | "maySpeak">;

/** Whether what somebody sends is passed on, and whether anything is sent there. */
export function passes(
  { muted, deafened, marks, maySpeak }: Standing,
): { readonly speak: boolean; readonly hear: boolean } {
  const hear = !deafened && !marks.deafened;
  return { speak: maySpeak && hear && !muted && !marks.muted, hear };
}

const TRACKS_OF: Readonly<Record<VoiceSource, readonly ShownTrack[]>> = {
  screen: ["screen", "screen_sound"],
  camera: ["camera"],
};

/** What is passed on of what somebody shows: whom moderators muted is not heard by a screen either. */
export function shownTracks(
  { shows, marks, maySpeak }: Pick<Participant, "shows" | "marks" | "maySpeak">,
): ShownTrack[] {
  const isSilent = marks.muted || marks.deafened || !maySpeak;
  return shows.flatMap((source) => TRACKS_OF[source])
    .filter((track) => track !== "screen_sound" || !isSilent);
}

/** The tracks of what somebody watches. */
export function watchedTracks(watches: readonly VoiceWatch[]) {
  return watches.flatMap(({ session, source }) =>
    TRACKS_OF[source].map((track) => ({ participant: session, track }))
  );
}

/** A participant as everybody sees it who may see the channel. */
export function viewParticipant(participant: Participant): VoiceParticipant {
  const { session, user, device, connected, muted, deafened, marks, maySpeak, joinedTs } =
    participant;
  const { priority, mayPrioritize, recording, shows, mayShow } = participant;
  return {
    session,
    user,
    device: device.device,
    connected,
    muted,
    deafened,
    server_muted: marks.muted,
    server_deafened: marks.deafened,
    may_speak: maySpeak,
    priority: priority && mayPrioritize,
    recording,
    shows: [...shows],
    may_show: mayShow,
    joined_ts: joinedTs,
  };
}
