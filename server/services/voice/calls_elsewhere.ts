import type { VoiceAct } from "../../../core/api/federation/voice.ts";
import type { RungPerson } from "../../../core/api/ringing.ts";
import type { Moderation, VoiceParticipant, VoiceSession } from "../../../core/api/voice.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Caller } from "../../http/caller.ts";
import type { VoiceRef } from "../../http/gateway/voice_board.ts";
import type { RegisteredDevice } from "../e2ee/registered_devices.ts";
import type { VoicePlace } from "./voice_place.ts";

/** Somebody wants to join a call. */
export interface JoinInput {
  readonly roomId: string;
  readonly channelId: string;
  readonly muted: boolean;
  readonly deafened: boolean;
  /** Unpadded base64. */
  readonly keyPackage: string;
  /** Other servers that may see the device's address. */
  readonly addressTo: readonly string[];
}

/** A stay in a call, as its own session names it. */
export interface OwnStay {
  readonly caller: Pick<Caller, "userId" | "sessionId">;
  readonly session: string;
}

/** What an act in a stay is answered with; which of them is there depends on the act. */
export interface ActAnswer {
  readonly stay: VoiceSession | undefined;
  readonly participant: VoiceParticipant | undefined;
  readonly epoch: number | undefined;
}

/** Somebody's stay in a call that another server holds. */
export interface StayElsewhere extends VoiceRef {
  readonly sessionId: string;
  readonly device: RegisteredDevice;
}

/**
 * Calls that other servers hold, for people of this one: what they do goes on to that server, and
 * what it says comes back through the gateway. PROTOCOL.md, "Voice" (across servers).
 */
export interface CallsElsewhere {
  /** @throws OperationError as the call's server refuses; `conflict`, `voice_unavailable` */
  join(asking: {
    readonly place: VoicePlace;
    readonly home: ServerName;
    readonly sessionId: string;
    readonly device: RegisteredDevice;
    readonly input: JoinInput;
  }): Promise<VoiceSession>;
  /** Whether the stay is one of the caller's in a call elsewhere. */
  holds(own: OwnStay): boolean;
  /** @throws OperationError as the call's server refuses; `not_found`, `voice_unavailable` */
  act(own: OwnStay, act: VoiceAct): Promise<ActAnswer>;
  /** The user leaves what it is in elsewhere, if anything, for the reason that it is told. */
  end(userId: UserId, reason: "elsewhere" | "signed_out"): void;
  /** Signed-in sessions ended; undefined: all of the user's. */
  endSessions(userId: UserId, sessionIds: readonly string[] | undefined): void;
  /** What the user is in elsewhere. */
  stayOf(userId: UserId): StayElsewhere | undefined;
  /**
   * Has these rung for a call that the user is in.
   * @throws OperationError as the call's server refuses; `voice_unavailable`
   */
  ring(asking: {
    readonly place: VoicePlace;
    readonly home: ServerName;
    readonly by: UserId;
    readonly users: readonly UserId[];
  }): Promise<RungPerson[]>;
  /** It stops ringing here at once, and the call's server is told. */
  decline(asking: {
    readonly place: VoicePlace;
    readonly home: ServerName;
    readonly userId: UserId;
  }): void;
  /** @throws OperationError as the call's server refuses; `voice_unavailable` */
  moderate(asking: {
    readonly place: VoicePlace;
    readonly home: ServerName;
    readonly by: UserId;
    readonly target: UserId;
    readonly wanted: Moderation;
  }): Promise<VoiceParticipant | null>;
}
