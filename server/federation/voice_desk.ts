import { VoiceRefusal } from "../../core/api/federation/voice.ts";
import { OperationError } from "../../core/errors.ts";
import { parseUserId, type UserId } from "../../core/ids/user_id.ts";
import { notHere } from "../../federation/handle/not_here.ts";
import type { VoiceDesk } from "../../federation/handle/ports.ts";
import { actHere } from "../services/voice/act_in_stay.ts";
import { enterCall, readPackage, requireEntrance, takeTurn } from "../services/voice/join_voice.ts";
import type { JoinDeps } from "../services/voice/join_deps.ts";
import { declineHere, requireConversation, ringHere } from "../services/voice/ring_people.ts";
import { moderateVoice } from "../services/voice/moderate_voice.ts";
import { openVoicePlace } from "../services/voice/voice_place.ts";
import type { RemoteCalls } from "./remote_calls.ts";
import { requireDevice } from "./require_device.ts";
import type { RemoteDevices } from "./remote_devices.ts";
import type { VoiceGuests } from "./voice_guests.ts";
import { remoteParticipant, remoteStay } from "./voice_shapes.ts";
import type { VoiceTokens } from "./voice_tokens.ts";

export interface VoiceDeskDeps extends JoinDeps {
  readonly guests: VoiceGuests;
  readonly tokens: VoiceTokens;
  readonly devices: Pick<RemoteDevices, "refresh">;
  readonly remoteCalls: Pick<RemoteCalls, "hear">;
}

/**
 * Calls that this server holds, for devices of other servers. Every check of a join is made twice:
 * before a token is given, and as it is used. PROTOCOL.md, "Voice" (across servers).
 */
export function voiceDesk(deps: VoiceDeskDeps): VoiceDesk {
  const devices = {
    sql: deps.sql,
    refresh: (users: readonly UserId[]) => deps.devices.refresh(users),
  };
  return {
    async token(_server, { user, device: deviceId, ...request }) {
      const given = await outcomeOf(async () => {
        const place = await openPlace(deps, user, request);
        await requireEntrance(deps, user, place);
        await takeTurn(deps, user);
        const device = await requireDevice(devices, user, deviceId);
        const keyPackage = await readPackage(deps, device, request.key_package);
        const { channelId, room } = place;
        return deps.tokens.give({ device, keyPackage, roomId: room.id, channelId });
      });
      return { token: given.value ?? null, refusal: given.refusal };
    },
    async join(server, { user, device, token, muted, deafened, ...request }) {
      const { value, refusal } = await outcomeOf(async () => {
        const place = await openPlace(deps, user, request);
        const { room: { id: roomId }, channelId } = place;
        const ticket = deps.tokens.take(token, { userId: user, device, roomId, channelId });
        if (ticket === undefined) throw noToken();
        await requireEntrance(deps, user, place);
        const sessionId = deps.guests.admit(server);
        try {
          const { device, keyPackage } = ticket;
          const input = { place, sessionId, device, keyPackage, muted, deafened };
          return await enterCall(deps, input);
        } catch (error) {
          deps.guests.forget(sessionId);
          throw error;
        }
      });
      return { stay: value === undefined ? null : remoteStay(value), refusal };
    },
    async act(server, { user, session, act }) {
      const { value, refusal } = await outcomeOf(async () => {
        const participant = deps.guests.stayOf(server, { user, session });
        if (participant === undefined) throw notHere();
        deps.guests.heard(participant);
        return await actHere(deps, { caller: participant, session }, act);
      });
      const { stay, participant, epoch } = value ?? {};
      return {
        stay: stay === undefined ? null : remoteStay(stay),
        participant: participant === undefined ? null : remoteParticipant(participant),
        epoch: epoch ?? null,
        refusal,
      };
    },
    keep(server, { stays }) {
      const over = stays.filter(({ session, user }) => {
        const participant = deps.guests.stayOf(server, { session, user: user as UserId });
        if (participant !== undefined) deps.guests.heard(participant);
        return participant === undefined;
      });
      return Promise.resolve({ over: over.map(({ session }) => session) });
    },
    ...othersDesk(deps),
    hear: (server, said) => deps.remoteCalls.hear(server, said),
  };
}

/** What is done to others in a call, or to bring them into it. */
function othersDesk(deps: VoiceDeskDeps): Pick<VoiceDesk, "moderate" | "ring" | "decline"> {
  return {
    async moderate({ roomId, channel_id: channelId, by, user: userId, wanted }) {
      const { value, refusal } = await outcomeOf(async () => {
        await openVoicePlace(deps, by, { roomId, channelId });
        return await moderateVoice(deps, by, { roomId, channelId, userId, wanted });
      });
      return { participant: value ? remoteParticipant(value) : null, refusal };
    },
    async ring({ roomId, channel_id: channelId, by, users }) {
      const { value, refusal } = await outcomeOf(async () => {
        const place = await openPlace(deps, by, { room_id: roomId, channel_id: channelId });
        requireConversation(place.room);
        return await ringHere(deps, { place, by, users: knownUsers(users) });
      });
      return { people: value ?? null, refusal };
    },
    async decline({ roomId, channel_id: channelId, user }) {
      const place = await openPlace(deps, user, { room_id: roomId, channel_id: channelId });
      declineHere(deps, place, user);
      return {};
    },
  };
}

function openPlace(
  deps: VoiceDeskDeps,
  user: UserId,
  { room_id: roomId, channel_id: channelId }: {
    readonly room_id: string;
    readonly channel_id: string;
  },
) {
  return openVoicePlace(deps, user, { roomId, channelId });
}

function knownUsers(users: readonly string[]): UserId[] {
  return [...new Set(users.flatMap((each) => parseUserId(each) ?? []))];
}

function noToken(): OperationError {
  return new OperationError(
    "forbidden",
    "This token joins nobody here: it was used, is too old, or is for another device or channel.",
    { details: { reason: "token" } },
  );
}

/** A refusal is an answer: its code and reason go over, its words do not. */
async function outcomeOf<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T | undefined; readonly refusal: VoiceRefusal | null }> {
  try {
    return { value: await work(), refusal: null };
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    const reason = error.details?.["reason"];
    const refusal = VoiceRefusal.safeParse({
      code: error.code,
      reason: typeof reason === "string" ? reason : null,
    });
    if (!refusal.success) throw error;
    return { value: undefined, refusal: refusal.data };
  }
}
