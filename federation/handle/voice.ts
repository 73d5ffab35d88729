import {
  actInVoice,
  askVoiceToken,
  declineRemoteVoice,
  joinRemoteVoice,
  keepVoice,
  moderateRemoteVoice,
  ringRemoteVoice,
  tellVoice,
} from "../../core/api/federation/voice.ts";
import { type Asked, defineHandler, type FederationHandler } from "../ports.ts";
import { openRoom } from "./open_room.ts";
import { ownUser } from "./own_user.ts";
import type { RoomReader, VoiceDesk } from "./ports.ts";

interface Deps {
  readonly rooms: RoomReader;
  readonly voice: VoiceDesk;
}

/**
 * Calls, for servers with a joined member of the room whom its ACL lets take part; each acts for
 * its own users alone. PROTOCOL.md, "Voice" (across servers).
 */
export function voiceHandlers({ rooms, voice }: Deps): FederationHandler[] {
  const roomOf = async (asked: Asked, raw: string) => (await openRoom(rooms, asked, raw)).id;
  return [
    defineHandler({
      operation: askVoiceToken,
      async answer(asked, request) {
        const roomId = await roomOf(asked, request.room_id);
        const user = ownUser(asked, request.user);
        return await voice.token(asked.origin, { ...request, roomId, user });
      },
    }),
    defineHandler({
      operation: joinRemoteVoice,
      async answer(asked, request) {
        const roomId = await roomOf(asked, request.room_id);
        const user = ownUser(asked, request.user);
        return await voice.join(asked.origin, { ...request, roomId, user });
      },
    }),
    defineHandler({
      operation: actInVoice,
      async answer(asked, request) {
        const user = ownUser(asked, request.user);
        return await voice.act(asked.origin, { ...request, user });
      },
    }),
    defineHandler({
      operation: keepVoice,
      answer: (asked, request) => voice.keep(asked.origin, request),
    }),
    defineHandler({
      operation: moderateRemoteVoice,
      async answer(asked, request) {
        const roomId = await roomOf(asked, request.room_id);
        const by = ownUser(asked, request.by);
        return await voice.moderate({ ...request, roomId, by });
      },
    }),
    defineHandler({
      operation: ringRemoteVoice,
      async answer(asked, request) {
        const roomId = await roomOf(asked, request.room_id);
        const by = ownUser(asked, request.by);
        return await voice.ring({ ...request, roomId, by });
      },
    }),
    defineHandler({
      operation: declineRemoteVoice,
      async answer(asked, request) {
        const roomId = await roomOf(asked, request.room_id);
        const user = ownUser(asked, request.user);
        return await voice.decline({ ...request, roomId, user });
      },
    }),
    defineHandler({
      operation: tellVoice,
      answer: (asked, request) => voice.hear(asked.origin, request),
    }),
  ];
}
