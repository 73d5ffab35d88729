import type { BlobStore } from "../../../core/ports/blob_store.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import { TarWriter } from "../../backup/tar_writer.ts";
import type { Sql } from "../../postgres/sql.ts";
import { blobKey } from "../media/media_row.ts";
import { exportTables } from "./export_tables.ts";
import { type ExportedRoom, roomsOf, wordsIn } from "./export_words.ts";

export interface BuildDeps {
  readonly sql: Sql;
  readonly blobs: BlobStore;
  readonly clock: Pick<Clock, "now">;
}

export interface BuildRequest {
  readonly userId: string;
  readonly serverName: string;
  /** Where to write; must not exist. */
  readonly path: string;
  /** Uploaded files are left out once the whole is so large, in bytes. */
  readonly maxBytes: number;
  /** Rooms and files done, of how many. May throw, to give up. */
  readonly onProgress: (done: number, total: number) => Promise<void> | void;
  readonly signal: AbortSignal;
}

export interface BuiltExport {
  readonly rooms: number;
  readonly files: number;
  readonly leftOut: number;
}

interface FileRow {
  readonly media_id: string;
  readonly name: string;
  readonly size: number;
  readonly blob_prefix: string;
}

/** Writes everything that this server holds of an account into a tar file, a piece at a time. */
export async function buildExport(deps: BuildDeps, request: BuildRequest): Promise<BuiltExport> {
  const writer = new TarWriter(request.path, { modifiedTs: deps.clock.now() });
  try {
    const built = await write(deps, request, writer);
    await writer.finish();
    return built;
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

async function write(
  { sql, blobs, clock }: BuildDeps,
  request: BuildRequest,
  writer: TarWriter,
): Promise<BuiltExport> {
  const { userId, signal, maxBytes } = request;
  const add = (name: string, value: unknown) =>
    writer.add(name, encoder.encode(JSON.stringify(value, null, 2) + "\n"));
  const rooms = await roomsOf(sql, userId);
  const files = await sql<FileRow[]>`
    select media_id, name, size, blob_prefix from media
    where owner = ${userId} and state = 'stored' order by created_ts, media_id`;
  const total = rooms.length + files.length;
  let done = 0;
  const step = async () => {
    signal.throwIfAborted();
    await request.onProgress(done++, total);
  };
  const date = new Date(clock.now()).toISOString();
  await writer.add("README.txt", encoder.encode(readme(request, date)));
  for (const [name, rows] of exportTables(sql, userId)) await add(name, await rows);
  await add("rooms.json", rooms);
  for (const room of rooms) {
    await step();
    for await (const page of wordsIn(sql, room.room_id, userId)) {
      signal.throwIfAborted();
      await add(pathOf(room, page), page.messages);
    }
  }
  const left: FileRow[] = [];
  let written = writer.parts.reduce((sum, { size }) => sum + size, 0);
  for (const file of files) {
    await step();
    const body = written + file.size > maxBytes
      ? undefined
      : await blobs.get(blobKey(file.blob_prefix));
    if (body === undefined) {
      left.push(file);
      continue;
    }
    await writer.addStream(`files/${file.media_id}-${plain(file.name)}`, file.size, body);
    written += file.size;
  }
  if (left.length > 0) {
    await add("left_out.json", left.map(({ media_id, name, size }) => ({ media_id, name, size })));
  }
  await request.onProgress(total, total);
  return { rooms: rooms.length, files: files.length - left.length, leftOut: left.length };
}

const encoder = new TextEncoder();
const NAME_CHARS = 60;

/** Files of one room lie together; names are for people, ids tell rooms of one name apart. */
function pathOf(
  room: ExportedRoom,
  page: { channelId: string; channelName: string | null; page: number },
): string {
  const folder = `${plain(room.name ?? room.kind ?? "room")}-${plain(room.room_id).slice(0, 12)}`;
  const channel = `${plain(page.channelName ?? "messages")}-${plain(page.channelId).slice(0, 8)}`;
  return `messages/${folder}/${channel}-${String(page.page).padStart(4, "0")}.json`;
}

/** What every file system takes, and no path leads anywhere with. */
function plain(name: string): string {
  const safe = name.normalize("NFC").replace(/[^\p{L}\p{N}._ -]+/gu, "_").replace(/^[.\s]+/, "_");
  return [...safe].slice(0, NAME_CHARS).join("").trim() || "_";
}

function readme({ userId, serverName }: BuildRequest, date: string): string {
  return `What ${serverName} holds of ${userId}, as of ${date}.

account.json        the account itself; passwords and codes are kept as hashes and are not in here
profile.json        what others see of you
sessions.json       where you are signed in; devices.json: devices of encrypted conversations
access_tokens.json  what programs of yours may do; webhooks.json: webhooks that you made
settings/           what you decided
relationships.json  friends, requests and blocks
rooms.json          guilds and conversations that you are or were in, and your name in each
messages/           what you sent, by room and channel, the oldest first, as signed events' contents
files.json, files/  what you uploaded, under its id; left_out.json names what did not fit in here
erasures.json       what you have had erased, and what each server answered

Times named *_ts are milliseconds since 1970-01-01 UTC.

Encrypted conversations: this server cannot read them. What is in here of them is what it has, the
ciphertext; only your devices can open it, and nothing in this file helps with that.

Not in here: what others wrote, what other servers hold, and what was deleted or erased.
`;
}
