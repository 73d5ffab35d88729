import type {
  RemoteChannel,
  RemoteParticipant,
  RemoteStay,
} from "../../core/api/federation/voice.ts";
import type { VoiceParticipant, VoiceSession } from "../../core/api/voice.ts";
import { parseUserId, type UserId } from "../../core/ids/user_id.ts";
import type { Told, VoiceRef } from "../http/gateway/voice_board.ts";
import type { UserDirectory } from "../services/users/user_directory.ts";

/** What other servers are told of somebody in a call; how the person looks they know themselves. */
export function remoteParticipant(participant: VoiceParticipant): RemoteParticipant {
  return { ...participant, user: participant.user.id };
}

export function remoteStay(stay: VoiceSession): RemoteStay {
  return { ...stay, participants: stay.participants.map(remoteParticipant) };
}

export function remoteChannel(
  { roomId, channelId }: VoiceRef,
  { participants, speaking }: Told,
): RemoteChannel {
  return {
    room_id: roomId,
    channel_id: channelId,
    participants: participants.map(remoteParticipant),
    speaking: [...speaking],
  };
}

/** People in a call as those of this server see them; whose id is none, or is not a member's, is left out. */
export async function shownParticipants(
  users: Pick<UserDirectory, "find">,
  participants: readonly RemoteParticipant[],
  isMember: (user: UserId) => boolean,
): Promise<VoiceParticipant[]> {
  const known = participants.flatMap((participant) => {
    const id = parseUserId(participant.user);
    return id !== undefined && isMember(id) ? [{ participant, id }] : [];
  });
  const found = await users.find([...new Set(known.map(({ id }) => id))]);
  return known.flatMap(({ participant, id }) => {
    const user = found.get(id);
    return user === undefined ? [] : [{ ...participant, user }];
  });
}
