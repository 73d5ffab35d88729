import type { z } from "zod";
import type { Ban } from "../../../core/api/guilds.ts";
import { OperationError } from "../../../core/errors.ts";
import type { TimelineEvent } from "../../../core/event/event.ts";
import { purgeCovers } from "../../../core/event/redaction_effect.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import {
  eventColumns,
  type EventRecord,
  readEvent,
  type StoredEvent,
} from "../../postgres/event_rows.ts";
import type { Room } from "../../rooms/room.ts";
import { contentOf, textOf } from "../../rooms/content.ts";
import { heldOf } from "../../rooms/load_room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild, requireRight, requireUserId } from "../chat/place.ts";
import { withReason } from "../guilds/update_guild.ts";
import type { MediaDesk } from "../messages/attachments.ts";
import { droppedMentions, droppedRelations, redactionRows } from "../messages/message_row_kinds.ts";
import { redactRow } from "../messages/redact_messages.ts";

type BanDeps = ChatDeps & { readonly media: Pick<MediaDesk, "release"> };

/** Messages whose content goes per transaction when a purge is carried out. */
const PURGED_PER_BATCH = 200;

/** @throws OperationError `forbidden`, `not_found` */
export async function listBans(
  deps: Pick<ChatDeps, "rooms" | "clock">,
  userId: UserId,
  guildId: string,
): Promise<z.infer<typeof Ban>[]> {
  const room = await openGuild(deps, userId, guildId);
  const nowMs = deps.clock.now();
  requireRight(room.authority.base(userId, nowMs), "BAN", "see who is banned");
  const bans: z.infer<typeof Ban>[] = [];
  for (const [stateKey, event] of room.authority.view.entriesOf("m.room.member")) {
    if (room.authority.membership(stateKey as UserId, nowMs) !== "ban") continue;
    bans.push({
      user_id: stateKey,
      reason: textOf(contentOf(event), "reason"),
      by: event.pdu.sender,
      ts: event.pdu.origin_ts,
    });
  }
  return bans.sort((a, b) => b.ts - a.ts);
}

/**
 * Bans somebody, member or not, and with `purge_s` takes away what they said in that many last
 * seconds. @throws OperationError `invalid`, `forbidden`, `not_found`
 */
export async function banMember(
  deps: BanDeps,
  userId: UserId,
  input: {
    readonly guildId: string;
    readonly userId: string;
    readonly reason?: string | undefined;
    readonly purge_s?: number | undefined;
  },
): Promise<void> {
  const room = await openGuild(deps, userId, input.guildId);
  const target = requireUserId(input.userId);
  if (target === userId) throw new OperationError("invalid", "You cannot ban yourself.");
  const purgeMs = (input.purge_s ?? 0) * 1000;
  const nowMs = deps.clock.now();
  const built = await room.changeControl(() => ({
    intents: [
      ...(purgeMs === 0 ? [] : [{
        type: "m.purge",
        sender: userId,
        content: withReason(
          { user: target, from_ts: Math.max(0, nowMs - purgeMs), to_ts: nowMs },
          input.reason,
        ),
      }]),
      {
        type: "m.room.member",
        sender: userId,
        stateKey: target,
        content: withReason({ membership: "ban" }, input.reason),
      },
    ],
  }));
  const purge = built.find((event) => event.pdu.type === "m.purge");
  if (purge !== undefined) await carryOutPurge(deps, room, purge);
}

/** Takes away the content that a stored purge covers. Safe to repeat. */
async function carryOutPurge(
  deps: BanDeps,
  room: Room,
  purge: Parameters<typeof purgeCovers>[0],
): Promise<void> {
  const { user, from_ts: from, to_ts: to } = purge.pdu.content as unknown as {
    user: UserId;
    from_ts: number;
    to_ts: number;
  };
  for (;;) {
    const rows = await deps.sql<EventRecord[]>`
      select ${eventColumns(deps.sql)} from events e
      where e.room_id = ${room.id} and e.sender = ${user} and e.channel_id is not null
        and e.origin_ts between ${from} and ${to} and not e.withheld
      limit ${PURGED_PER_BATCH}`;
    const covered = rows.map(readEvent).filter((row) =>
      purgeCovers(purge, heldOf(row) as TimelineEvent)
    );
    if (covered.length === 0) return;
    await room.changeStored({
      updates: covered.map((row: StoredEvent) => redactRow(row, purge.id)),
      rows: [
        ...covered.flatMap(({ roomId, eventId }) => [
          droppedRelations.of({ roomId, eventId }),
          droppedMentions.of({ roomId, eventId }),
          redactionRows.of({
            roomId,
            targetId: eventId,
            eventId: purge.id,
            sender: purge.pdu.sender,
          }),
        ]),
        ...deps.media.release(covered.map((row) => row.eventId)),
      ],
    });
  }
}

/** @throws OperationError `forbidden`, `not_found` */
export async function unbanMember(
  deps: Pick<ChatDeps, "rooms">,
  userId: UserId,
  input: { readonly guildId: string; readonly userId: string },
): Promise<void> {
  const room = await openGuild(deps, userId, input.guildId);
  const target = requireUserId(input.userId);
  await room.changeControl((authority) => {
    if (authority.membership(target) !== "ban") {
      throw new OperationError("not_found", `${target} is not banned here.`);
    }
    return {
      intents: [{
        type: "m.room.member",
        sender: userId,
        stateKey: target,
        content: { membership: "leave" },
      }],
    };
  });
}
