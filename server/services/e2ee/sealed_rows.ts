import type { EventId } from "../../../core/ids/event_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import { defineRowKind, recordset } from "../../postgres/row_kind.ts";

/** A sealed event in the order of its room's feed; the database gives the number. */
export const sealedRows = defineRowKind<{
  readonly roomId: RoomId;
  readonly eventId: EventId;
  /** It is not counted: `sealed.quiet`. */
  readonly quiet: boolean;
}>("sealed_events", (sql, rows) =>
  sql`
    insert into sealed_events (room_id, event_id, quiet)
    select x."roomId", x."eventId", x.quiet
    from rows from (json_to_recordset(${recordset(sql, rows)})
        as ("roomId" text, "eventId" text, quiet boolean))
      with ordinality as x("roomId", "eventId", quiet, nr)
    -- Counters of rooms are locked in one order, whichever process writes.
    order by x."roomId", x.nr
    on conflict (room_id, event_id) do nothing`);
