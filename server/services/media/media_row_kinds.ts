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

/** A use, stored with the event that makes it; a file that is gone breaks the foreign key. */
const useRows = defineRowKind<UseRow>("media_uses", (sql, rows) =>
  sql`
    insert into media_uses (media_id, kind, subject, room_id, channel_id, created_ts)
    select x.id, x.kind, x.subject, x.room, x.channel, x.ts
    from json_to_recordset(${recordset(sql, rows)}) as x(id text, kind text, subject text,
      room text, channel text, ts bigint)
    on conflict do nothing`);

/** What is used does not expire. */
const keptRows = defineRowKind<{ readonly id: string }>("media_kept", (sql, rows) =>
  sql`
    update media set expires_ts = null
    where media_id in (select x.id from json_to_recordset(${recordset(sql, rows)}) as x(id text))
      and expires_ts is not null`);

interface EndRow {
  readonly kind: string;
  readonly subject: string;
  /** This file keeps the use: what a changed icon is changed to. */
  readonly except: string | null;
  readonly ts: number;
}

/** Uses that end with the event that ends them. */
const endedRows = defineRowKind<EndRow>("media_uses_ended", (sql, rows) =>
  sql`
    delete from media_uses u
    using json_to_recordset(${recordset(sql, rows)}) as x(kind text, subject text, "except" text)
    where u.kind = x.kind and u.subject = x.subject and u.media_id is distinct from x."except"`);

/**
 * Files whose last use ends are due at once. Both statements see the uses as they were before;
 * the job that deletes looks once more whether a new use has come.
 */
const dueRows = defineRowKind<EndRow>("media_due", (sql, rows) =>
  sql`
    with ended as (
      select u.media_id, u.kind, u.subject, x.ts from media_uses u
      join json_to_recordset(${recordset(sql, rows)})
        as x(kind text, subject text, "except" text, ts bigint)
        on u.kind = x.kind and u.subject = x.subject and u.media_id is distinct from x."except")
    update media m set expires_ts = e.ts from (
      select media_id, min(ts) as ts from ended group by media_id) e
    where m.media_id = e.media_id and not exists (
      select from media_uses u where u.media_id = m.media_id and not exists (
        select from ended o
        where o.media_id = u.media_id and o.kind = u.kind and o.subject = u.subject))`);

/** Rows by which an event begins to use a file. */
export function beginUse(uri: MediaUri, use: MediaUse, nowMs: number): readonly TaggedRow[] {
  const id = mediaIdOf(uri);
  const { roomId, channelId } = placeOfUse(use);
  const { kind, subject } = use;
  return [
    useRows.of({ id, kind, subject, room: roomId, channel: channelId, ts: nowMs }),
    keptRows.of({ id }),
  ];
}

/** Rows by which uses end; a file whose last use this was goes soon after the commit. */
export function endUse(
  use: Pick<MediaUse, "kind" | "subject">,
  nowMs: number,
  keep: MediaUri | null = null,
): readonly TaggedRow[] {
  const row: EndRow = {
    kind: use.kind,
    subject: use.subject,
    except: keep === null ? null : mediaIdOf(keep),
    ts: nowMs,
  };
  return [endedRows.of(row), dueRows.of(row)];
}
