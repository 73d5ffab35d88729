import type { EventId } from "../../core/ids/event_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { EduShow, ShownPresence } from "../../federation/edus/ports.ts";
import type { ChannelRef, TypingPlace } from "../../federation/ports.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Live } from "../http/live.ts";
import type { Sql } from "../postgres/sql.ts";
import { findTimelineEvents } from "../services/messages/message_rows.ts";
import type { SeenNotice } from "../services/reads/read_notice.ts";
import { moveReadMarker } from "../services/reads/read_rows.ts";
import type { UserDirectory } from "../services/users/user_directory.ts";

/** Shows what people of other servers do where those of this one see it. */
export function eduShow(deps: {
  readonly sql: Sql;
  readonly live: Pick<Live, "typing" | "presences">;
  readonly users: UserDirectory;
  readonly log: Log;
  /** A remote user has read on. */
  readonly seen: (notice: SeenNotice) => void;
  readonly relationship: EduShow["relationship"];
  readonly profile: EduShow["profile"];
  readonly devices: EduShow["devices"];
  readonly toDevice: EduShow["toDevice"];
  readonly group: EduShow["group"];
}): EduShow {
  const { sql, live, users, log } = deps;
  return {
    typing(user: UserId, place: TypingPlace): void {
      void users.get(user).then((shown) => live.typing.announce(shown, place)).catch((error) =>
        log.log("warn", "Who is typing could not be shown.", { error })
      );
    },
    async read(user: UserId, channel: ChannelRef, eventId: EventId): Promise<void> {
      const [row] = await findTimelineEvents(sql, channel.roomId, [eventId]);
      if (row?.order === undefined || row.channelId !== channel.channelId) return;
      const moved = await moveReadMarker(sql, {
        userId: user,
        ...channel,
        eventId,
        ord: row.order,
        hash: row.hash,
        back: false,
      });
      if (moved) deps.seen({ roomId: channel.roomId, userId: user });
    },
    relationship: deps.relationship,
    profile: deps.profile,
    devices: deps.devices,
    toDevice: deps.toDevice,
    group: deps.group,
    presence(user: UserId, shown: ShownPresence, forMs: number): void {
      live.presences.hearFromServer(user, shown, forMs);
    },
  };
}
