import { OperationError } from "../../../core/errors.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";

/** The stay is over, or was never this session's. */
export function noSuchSession(): OperationError {
  return new OperationError(
    "not_found",
    "This session is in no such call; it may have ended. Join the voice channel again.",
  );
}

/** Why calls cannot be joined; `reason` is for programs. */
export type VoiceAbsence = "off" | "other_process" | "no_address" | "no_port";

const ABSENCES: Readonly<Record<VoiceAbsence, string>> = {
  off: "Voice is switched off on this server; its administrator can set voice.enabled.",
  other_process:
    "Another process of this server holds its calls: for now all of voice must run through one process.",
  no_address:
    "This server does not know at which address it can be reached for voice; its administrator must set voice.announce.",
  no_port:
    "This server could not open its UDP port for voice; its administrator finds the reason in the log.",
};

export function voiceAbsent(reason: VoiceAbsence): OperationError {
  return new OperationError("voice_unavailable", ABSENCES[reason], { details: { reason } });
}

export function voiceElsewhere(server: ServerName): OperationError {
  return new OperationError(
    "voice_unavailable",
    `This channel belongs to ${server}. Voice across servers comes later: for now only people of ${server} can talk in it.`,
    { details: { reason: "other_server", server } },
  );
}

export function conversationElsewhere(server: ServerName): OperationError {
  return new OperationError(
    "voice_unavailable",
    `People of ${server} are in this conversation. Calls across servers come later.`,
    { details: { reason: "other_server", server } },
  );
}

/** Nobody would be there to be talked to. */
export function nobodyThere(): OperationError {
  return new OperationError(
    "conflict",
    "Nobody else is in this conversation: they have not accepted it yet, or have left it.",
  );
}

export function serverFull(calls: number): OperationError {
  return new OperationError(
    "voice_unavailable",
    `This server holds ${calls} calls already, which is the most it takes. Try again later.`,
    { details: { reason: "server_full" } },
  );
}

export function callFull(limit: number): OperationError {
  return new OperationError(
    "voice_full",
    `This call has ${limit} ${limit === 1 ? "participant" : "participants"}, which is the most.`,
    { details: { limit } },
  );
}
