import type { Preview } from "../../../core/api/preview.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { Queryable, Sql } from "../../postgres/sql.ts";
import { PREVIEW_LIMITS } from "./preview_limits.ts";

export interface MessageRef {
  readonly roomId: RoomId;
  readonly eventId: EventId;
}

/** A page that this process alone asks for now. */
export interface AskedPage {
  readonly previewId: string;
  readonly url: string;
}

interface PreviewRow {
  preview_id: string;
  event_id: string;
  url: string;
  host: string;
  site: string | null;
  title: string;
  description: string | null;
  picture_alt: string | null;
  picture_width: number | null;
  picture_height: number | null;
}

/** What is shown of the links of messages, by the message; nothing of those it was taken off. */
export async function findPreviews(
  sql: Queryable,
  roomId: string,
  eventIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Preview[]>> {
  if (eventIds.length === 0) return new Map();
  const rows = await sql<PreviewRow[]>`
    select m.event_id, p.preview_id, p.url, p.host, p.site, p.title, p.description,
      p.picture_alt, p.picture_width, p.picture_height
    from message_previews m join link_previews p using (url)
    where m.room_id = ${roomId} and m.event_id = any(${[...eventIds]}) and p.state = 'found'
      and not exists (
        select 1 from message_relations r join events e
          on e.room_id = r.room_id and e.event_id = r.target_id
        where r.room_id = m.room_id and r.target_id = m.event_id and ${takesOff(sql)})
    order by m.event_id, m.place`;
  const found = new Map<string, Preview[]>();
  for (const row of rows) {
    const list = found.get(row.event_id) ?? [];
    list.push(viewPreview(row));
    found.set(row.event_id, list);
  }
  return found;
}

/** An `m.previews.off` `r` that counts for the message `e`. PROTOCOL.md 7. */
function takesOff(sql: Queryable) {
  return sql`r.kind = 'previews_off' and r.channel_id = e.channel_id
    and (r.key = 'managed' or r.sender = e.sender)`;
}

/** Which of these messages show no previews any more, whatever their links are. */
export async function findPreviewsOff(
  sql: Queryable,
  roomId: string,
  eventIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (eventIds.length === 0) return new Set();
  const rows = await sql<{ event_id: string }[]>`
    select distinct e.event_id from message_relations r join events e
      on e.room_id = r.room_id and e.event_id = r.target_id
    where r.room_id = ${roomId} and r.target_id = any(${[...eventIds]}) and ${takesOff(sql)}`;
  return new Set(rows.map((row) => row.event_id));
}

function viewPreview(row: PreviewRow): Preview {
  const { picture_width: width, picture_height: height } = row;
  return {
    url: row.url,
    host: row.host,
    site: row.site,
    title: row.title,
    description: row.description,
    picture: width === null || height === null
      ? null
      : { id: row.preview_id, width, height, alt: row.picture_alt },
  };
}

/**
 * Writes down which links a message shows; those of before go. Answers whether anything changed.
 * `previewIds`: a new one for each link, for those that were never asked for.
 */
export async function setMessagePreviews(
  sql: Sql,
  { roomId, eventId }: MessageRef,
  links: {
    readonly urls: readonly string[];
    readonly previewIds: readonly string[];
    nowMs: number;
  },
): Promise<boolean> {
  const { urls, previewIds, nowMs } = links;
  return await sql.begin(async (tx) => {
    // It may have been deleted since it was heard of.
    const [there] = await tx`
      select 1 from events where room_id = ${roomId} and event_id = ${eventId}
        and redacted_by is null and not withheld`;
    if (there === undefined) return false;
    const held = await tx<{ url: string }[]>`
      select url from message_previews where room_id = ${roomId} and event_id = ${eventId}
      order by place`;
    if (held.length === urls.length && held.every(({ url }, i) => url === urls[i])) return false;
    await tx`delete from message_previews where room_id = ${roomId} and event_id = ${eventId}`;
    if (urls.length === 0) return true;
    // Always in one order: two messages with the same links must not wait for each other.
    await tx`
      insert into link_previews (preview_id, url, asking_until, used_ts)
      select id, url, 0, ${nowMs}
      from unnest(${[...previewIds]}::text[], ${[...urls]}::text[]) as t (id, url) order by url
      on conflict (url) do update set used_ts = excluded.used_ts`;
    await tx`
      insert into message_previews (room_id, event_id, place, url, added_ts)
      select ${roomId}, ${eventId}, place, url, ${nowMs}
      from unnest(${[...urls]}::text[]) with ordinality as t (url, place)`;
    return true;
  });
}

/** A message is gone, and with it what its links showed. */
export async function dropMessagePreviews(
  sql: Sql,
  messages: readonly MessageRef[],
): Promise<void> {
  await sql`
    delete from message_previews where (room_id, event_id) in (
      select * from unnest(${messages.map((each) => each.roomId)}::text[],
        ${messages.map((each) => each.eventId)}::text[]))`;
}

/** Takes it upon this process to ask for a page; undefined: it is fresh, or another is at it. */
export async function claimPage(
  sql: Sql,
  url: string,
  nowMs: number,
): Promise<AskedPage | undefined> {
  const [row] = await sql<{ preview_id: string }[]>`
    update link_previews set asking_until = ${nowMs + PREVIEW_LIMITS.askingMs}
    where url = ${url} and fresh_until <= ${nowMs} and asking_until <= ${nowMs}
    returning preview_id`;
  return row === undefined ? undefined : { previewId: row.preview_id, url };
}

export async function isFound(sql: Sql, url: string): Promise<boolean> {
  const [row] = await sql<{ found: boolean }[]>`
    select state = 'found' as found from link_previews where url = ${url}`;
  return row?.found === true;
}

/** Where the picture will be, before its first byte is: nobody takes it for forgotten. */
export async function reservePicture(
  sql: Sql,
  { previewId }: AskedPage,
  blobPrefix: string,
): Promise<void> {
  await sql`
    update link_previews set blob_prefix = ${blobPrefix}, picture_width = null,
      picture_height = null, picture_size = null
    where preview_id = ${previewId}`;
}

export interface FoundPage {
  readonly host: string;
  readonly site: string | undefined;
  readonly title: string;
  readonly description: string | undefined;
  readonly pictureAlt: string | undefined;
  readonly picture: StoredPicture | undefined;
}

export interface StoredPicture {
  readonly blobPrefix: string;
  readonly width: number;
  readonly height: number;
  readonly size: number;
}

export async function keepFound(
  sql: Sql,
  { previewId }: AskedPage,
  { page, nowMs }: { readonly page: FoundPage; readonly nowMs: number },
): Promise<void> {
  const { picture } = page;
  await sql`
    update link_previews set state = 'found', host = ${page.host}, site = ${page.site ?? null},
      title = ${page.title}, description = ${page.description ?? null},
      picture_alt = ${page.pictureAlt ?? null}, picture_width = ${picture?.width ?? null},
      picture_height = ${picture?.height ?? null}, picture_size = ${picture?.size ?? null},
      blob_prefix = ${picture?.blobPrefix ?? null}, asking_until = 0,
      fresh_until = ${nowMs + PREVIEW_LIMITS.freshMs}
    where preview_id = ${previewId}`;
}

/**
 * Nothing was found. What is known already stays where it only was not reached. `forMs`: how long
 * it is not asked for again.
 */
export async function keepMissed(
  sql: Sql,
  { previewId }: AskedPage,
  { passing, nowMs, forMs = PREVIEW_LIMITS.missMs }: {
    readonly passing: boolean;
    readonly nowMs: number;
    readonly forMs?: number;
  },
): Promise<void> {
  await sql`
    update link_previews set
      state = case when state = 'found' and ${passing} then state else 'none' end,
      asking_until = 0, fresh_until = ${nowMs + Math.ceil(forMs)}
    where preview_id = ${previewId}`;
}

/** Messages that wait for a page, the newest first. */
export async function messagesAwaiting(
  sql: Sql,
  url: string,
  nowMs: number,
): Promise<MessageRef[]> {
  const rows = await sql<{ room_id: RoomId; event_id: EventId }[]>`
    select room_id, event_id from message_previews
    where url = ${url} and added_ts > ${nowMs - PREVIEW_LIMITS.awaitMs}
    order by added_ts desc limit ${PREVIEW_LIMITS.toldPerPage}`;
  return rows.map((row) => ({ roomId: row.room_id, eventId: row.event_id }));
}

export async function findPreviewPicture(
  sql: Sql,
  previewId: string,
): Promise<{ readonly blobPrefix: string; readonly size: number } | undefined> {
  const [row] = await sql<{ blob_prefix: string; picture_size: number }[]>`
    select blob_prefix, picture_size from link_previews
    where preview_id = ${previewId} and state = 'found' and picture_size is not null`;
  return row && { blobPrefix: row.blob_prefix, size: row.picture_size };
}

/**
 * Takes away what deleted messages showed (which is done at once, unless a process ended before),
 * what no message shows any more, and what no new one has named for `keptMs`: all of it, or people
 * who post links faster than it goes would fill the database.
 */
export async function cleanPreviews(
  sql: Sql,
  { nowMs, keptMs, signal }: {
    readonly nowMs: number;
    readonly keptMs: number;
    readonly signal?: AbortSignal;
  },
): Promise<void> {
  await sql`
    delete from message_previews m using events e
    where e.room_id = m.room_id and e.event_id = m.event_id
      and (e.redacted_by is not null or e.withheld)`;
  let taken: number;
  do {
    const rows = await sql`
      delete from link_previews where url in (
        select p.url from link_previews p
        where p.asking_until <= ${nowMs} and (p.used_ts < ${nowMs - keptMs}
          or not exists (select from message_previews m where m.url = p.url))
        order by p.used_ts limit ${PREVIEW_LIMITS.cleanedAtOnce} for update skip locked)
      returning 1`;
    taken = rows.length;
  } while (taken === PREVIEW_LIMITS.cleanedAtOnce && signal?.aborted !== true);
}
