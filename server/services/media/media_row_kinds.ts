import type { EventId } from "../../../core/ids/event_id.ts";
import type { MediaUri } from "../../../core/ids/media_uri.ts";
import { mediaIdOf } from "../../../core/ids/media_uri.ts";
import { defineRowKind, recordset } from "../../postgres/row_kind.ts";
import type { TaggedRow } from "../../postgres/row_kind.ts";
import { type MediaUse, placeOfUse } from "./media_use.ts";

interface UseRow {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly room: string | null;
  readonly channel: string | null;
  readonly ts: number;
}

/**
 * A use, stored with the event that makes it; a file that is gone breaks the foreign key. What
 * that means for the file follows by triggers (migration 0071).
 */
const useRows = defineRowKind<UseRow>("media_uses", (sql, rows) =>
  sql`
    insert into media_uses (media_id, kind, subject, room_id, channel_id, created_ts)
    select x.id, x.kind, x.subject, x.room, x.channel, x.ts
    from json_to_recordset(${recordset(sql, rows)}) as x(id text, kind text, subject text,
      room text, channel text, ts bigint)
    on conflict do nothing`);

interface EndRow {
  readonly kind: string;
  readonly subject: string;
  /** This file keeps the use: what a changed icon is changed to. */
  readonly except: string | null;
}

/** Uses that end with the event that ends them. */
const endedRows = defineRowKind<EndRow>("media_uses_ended", (sql, rows) =>
  sql`
    delete from media_uses u
    using json_to_recordset(${recordset(sql, rows)}) as x(kind text, subject text, "except" text)
    where u.kind = x.kind and u.subject = x.subject and u.media_id is distinct from x."except"`);

/** Rows by which an event begins to use a file. */
export function beginUse(uri: MediaUri, use: MediaUse, nowMs: number): readonly TaggedRow[] {
  const id = mediaIdOf(uri);
  const { roomId, channelId } = placeOfUse(use);
  const { kind, subject } = use;
  return [useRows.of({ id, kind, subject, room: roomId, channel: channelId, ts: nowMs })];
}

/** Rows by which uses end; a file whose last use this was goes soon after the commit. */
export function endUse(
  use: Pick<MediaUse, "kind" | "subject">,
  keep: MediaUri | null = null,
): readonly TaggedRow[] {
  const except = keep === null ? null : mediaIdOf(keep);
  return [endedRows.of({ kind: use.kind, subject: use.subject, except })];
}

/** Rows by which the uses of redacted events end. */
export function endEventUses(eventIds: readonly EventId[]): readonly TaggedRow[] {
  return eventIds.flatMap((subject) => endUse({ kind: "event", subject }));
}
