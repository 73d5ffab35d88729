import type { EventId } from "../../core/ids/event_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import type { Log } from "../../core/ports/log.ts";
import { limits } from "../../core/limits.ts";
import type { ChannelRef, Outbound, OutgoingEdu, TypingPlace } from "../ports.ts";
import type { EduRooms } from "./ports.ts";
import { readersElsewhere } from "./readers.ts";
import { serversMeeting } from "./servers_meeting.ts";

/** Servers told of one thing; a channel with readers on more has other worries than typing. */
const SERVERS_MAX = 1000;
/** Look-ups under way; beyond it what was to be told is not. */
const PENDING_MAX = 1000;
const TYPING_SHOWN_MS = 8000;

/**
 * Says to the servers of a channel's readers what people of this one do there, and to those that
 * know them that they look different. PROTOCOL.md 10.
 */
export class EduSender {
  readonly #deps: {
    readonly self: ServerName;
    readonly rooms: EduRooms;
    readonly outbound: Pick<Outbound, "sendEdu">;
    readonly readMarkers: boolean;
    readonly log: Log;
  };
  #pending = 0;

  constructor(deps: {
    readonly self: ServerName;
    readonly rooms: EduRooms;
    readonly outbound: Pick<Outbound, "sendEdu">;
    readonly readMarkers: boolean;
    readonly log: Log;
  }) {
    this.#deps = deps;
  }

  typing(user: UserId, place: TypingPlace): void {
    const { roomId, channelId, threadId } = place;
    this.#tell(user, place, {
      type: "m.typing",
      content: {
        room_id: roomId,
        channel_id: channelId,
        ...(threadId === undefined ? {} : { thread_id: threadId }),
        user,
        typing: true,
        timeout_ms: Math.min(TYPING_SHOWN_MS, limits.federation.maxTypingMs),
      },
      replaces: `typing ${roomId} ${channelId} ${user}`,
    });
  }

  read(user: UserId, channel: ChannelRef, eventId: EventId): void {
    if (!this.#deps.readMarkers) return;
    const { roomId, channelId } = channel;
    this.#tell(user, channel, {
      type: "m.read",
      content: { room_id: roomId, channel_id: channelId, user, event_id: eventId },
      replaces: `read ${roomId} ${channelId} ${user}`,
    });
  }

  /** What others see of somebody has changed. */
  profile(user: UserId): void {
    this.#tellThose(user, () => serversMeeting(this.#deps, user), {
      type: "m.profile",
      content: { user },
      replaces: `profile ${user}`,
    });
  }

  #tell(user: UserId, channel: ChannelRef, edu: OutgoingEdu): void {
    this.#tellThose(user, () => this.#servers(channel), edu);
  }

  #tellThose(
    user: UserId,
    find: () => Promise<Iterable<ServerName>>,
    edu: OutgoingEdu,
  ): void {
    if (serverOf(user) !== this.#deps.self || this.#pending >= PENDING_MAX) return;
    this.#pending++;
    void find().then((servers) => {
      for (const server of servers) this.#deps.outbound.sendEdu(server, edu);
    }).catch((error) =>
      this.#deps.log.log("warn", "An EDU could not be sent.", { type: edu.type, error })
    ).finally(() => this.#pending--);
  }

  async #servers({ roomId, channelId }: ChannelRef): Promise<readonly ServerName[]> {
    const authority = await this.#deps.rooms.authority(roomId);
    if (authority === undefined) return [];
    return readersElsewhere(authority, channelId, { self: this.#deps.self, most: SERVERS_MAX });
  }
}
