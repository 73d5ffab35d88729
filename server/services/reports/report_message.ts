import type { ReportReason } from "../../../core/api/reports.ts";
import { OperationError } from "../../../core/errors.ts";
import { encodeBase58Of16 } from "../../../core/ids/base58.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { limits } from "../../../core/limits.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { findEdits } from "../messages/message_rows.ts";
import { contentOfPdu } from "../messages/project_messages.ts";
import { openMessage } from "../messages/view_message.ts";
import { type GivenKeys, wordingsOf } from "./wordings.ts";

export interface NewReport {
  readonly roomId: string;
  readonly eventId: string;
  readonly reason: ReportReason;
  readonly note: string | undefined;
  readonly keys: GivenKeys;
}

/**
 * Keeps what somebody reports, with what was said as it is now. Reported again while the first
 * report is open, the newer one takes its place.
 * @returns its id
 * @throws OperationError `not_found`, `forbidden`, `invalid`, `limit_reached`
 */
export async function reportMessage(
  deps: Pick<ChatDeps, "sql" | "rooms" | "users" | "clock" | "rng" | "serverName" | "throttle">,
  reporter: UserId,
  { roomId, eventId, reason, note, keys }: NewReport,
): Promise<string> {
  const { place: { room, channelId }, row } = await openMessage(deps, reporter, {
    roomId,
    eventId,
  });
  if (row.sender === reporter) {
    throw new OperationError("forbidden", "This is your own message; you can delete it.");
  }
  await deps.throttle.take("reports", [{ policy: "messageReport", who: reporter }]);
  const edits = await findEdits(deps.sql, room.id, [row.eventId]);
  const said = [
    {
      eventId: row.eventId,
      type: row.type,
      ts: row.originTs,
      content: contentOfPdu(row.pdu),
    },
    ...edits.map((edit) => ({
      eventId: edit.event_id,
      type: row.type,
      ts: edit.origin_ts,
      content: contentOfPdu(edit.pdu),
    })),
  ];
  const place = { roomId: room.id, channelId, sender: row.sender };
  const { sealed, wordings } = await wordingsOf(place, said, keys);
  const id = encodeBase58Of16(deps.rng.bytes(16));
  await deps.sql.begin(async (tx) => {
    await tx`
      delete from message_reports where room_id = ${room.id} and event_id = ${row.eventId}
        and reporter = ${reporter} and outcome is null`;
    const [count] = await tx<{ open: number }[]>`
      select count(*)::int as open from message_reports
      where reporter = ${reporter} and outcome is null`;
    if ((count?.open ?? 0) >= limits.reports.maxOpen) throw tooMany();
    await tx`
      insert into message_reports (report_id, reporter, room_id, channel_id, event_id, author,
        said_ts, reason, note, sealed, wordings, created_ts)
      values (${id}, ${reporter}, ${room.id}, ${channelId}, ${row.eventId}, ${row.sender},
        ${row.originTs}, ${reason}, ${note || null}, ${sealed}, ${tx.json(wordings)},
        ${deps.clock.now()})`;
  });
  return id;
}

function tooMany(): OperationError {
  return new OperationError(
    "limit_reached",
    `${limits.reports.maxOpen} of your reports are still open; wait until somebody has looked at them.`,
    { details: { max: limits.reports.maxOpen } },
  );
}
