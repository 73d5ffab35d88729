import type { VoiceRefusal } from "../../../core/api/federation/voice.ts";
import type { VoiceAbsence } from "../../../core/api/voice.ts";
import { OperationError } from "../../../core/errors.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";

/** The stay is over, or was never this session's. */
export function noSuchSession(): OperationError {
  return new OperationError(
    "not_found",
    "This session is in no such call; it may have ended. Join the voice channel again.",
  );
}

/** It is over, or was never this session's. */
export function noSuchTrial(): OperationError {
  return new OperationError(
    "not_found",
    "This session has no such test of voice; it may have ended. Begin another one.",
  );
}

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

/** The calls of this channel are another server's. */
export function notHeldHere(): OperationError {
  return new OperationError("not_found", "The calls of this channel are held by another server.");
}

/** A call of another server would show it the address of who joins, who has not agreed to it. */
export function addressShown(server: ServerName): OperationError {
  return new OperationError(
    "conflict",
    `This call is held by ${server}, which will see the address of this device. Join with that server in \`address_to\` if this is all right.`,
    { details: { reason: "address_shown", server } },
  );
}

/** The server that holds the call does not answer, or not so that it makes sense. */
export function callServerAway(server: ServerName, cause?: unknown): OperationError {
  return new OperationError(
    "voice_unavailable",
    `${server}, which holds this call, cannot be reached now. Try again in a moment.`,
    { cause, details: { reason: "server_away", server } },
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

export function noPlaceToTry(): OperationError {
  return new OperationError(
    "voice_unavailable",
    "This server has no place for a test of voice at the moment. Try again later.",
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

/** Whoever runs the server lets nobody show anything. */
export function showingOff(): OperationError {
  return new OperationError(
    "voice_unavailable",
    "Screens and cameras are switched off on this server; its administrator can set voice.video_kilobits.",
    { details: { reason: "showing_off" } },
  );
}

export function tooMuchShown(limit: number): OperationError {
  return new OperationError(
    "voice_full",
    `In this call ${limit} ${
      limit === 1 ? "screen or camera is" : "screens and cameras are"
    } shown, which is the most: wait until somebody ends theirs.`,
    { details: { limit, reason: "shown" } },
  );
}

/** What another server does not let happen in its call: by its code, in words of this server. */
export function refusedElsewhere(
  server: ServerName,
  { code, reason }: VoiceRefusal,
): OperationError {
  const details = { server, ...(reason === null ? {} : { reason }) };
  return code === "not_found"
    ? noSuchSession()
    : new OperationError(code, elsewhereText(server, code), { details });
}

function elsewhereText(server: ServerName, code: VoiceRefusal["code"]): string {
  switch (code) {
    case "forbidden":
      return `${server}, which holds this call, does not let you do this.`;
    case "voice_full":
      return "This call has as many participants as it may have.";
    case "voice_unavailable":
      return `${server}, which would hold this call, offers none at the moment.`;
    case "rate_limited":
      return `That was too often for ${server}, which holds this call. Try again in a moment.`;
    default:
      return `${server}, which holds this call, does not take this (${code}).`;
  }
}
