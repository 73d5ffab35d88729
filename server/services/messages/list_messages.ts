import type { MessagePage } from "../../../core/api/message.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { messageNotFound, openChannel, type Place, requireEventId } from "../chat/place.ts";
import {
  findTimelineEvents,
  pageMessages,
  pageThread,
  type Place as TimelinePlace,
} from "./message_rows.ts";
import { readableRows } from "./readable_rows.ts";
import { withRemoteHistory } from "./remote_history.ts";
import { mayReadHistory } from "./send_message.ts";
import { threadOfRow } from "./thread_of.ts";
import { personalize, projectMessages } from "./project_messages.ts";

export interface PageInput {
  readonly roomId: string;
  readonly channelId: string;
  /** Root of the thread to page through, in place of the channel. */
  readonly threadId?: string | undefined;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly around?: string | undefined;
  readonly at_ts?: number | undefined;
  readonly limit: number;
}

/** A page, oldest first. @throws OperationError `invalid`, `not_found` */
export async function listMessages(
  deps: Pick<ChatDeps, "sql" | "rooms" | "users" | "clock" | "history" | "serverName">,
  userId: UserId,
  input: PageInput,
): Promise<MessagePage> {
  const place = await openChannel(deps, userId, input);
  const given = [input.before, input.after, input.around, input.at_ts].filter((each) =>
    each !== undefined
  );
  if (given.length > 1) {
    throw new OperationError(
      "invalid",
      "Give one of before, after, around and at_ts, not several.",
    );
  }
  if (!mayReadHistory(place)) return { messages: [], has_before: false, has_after: false };
  const held = await readPage({ ...deps, reader: userId }, place, input);
  const project = ({ rows }: PageRows) =>
    projectMessages(deps, place.room, { rows, viewer: userId });
  // Mostly nothing comes from other servers: what is held is looked at meanwhile.
  const [{ page, remote }, ofHeld] = await Promise.all([
    // What is in a thread comes with the past of its channel.
    input.threadId !== undefined ? { page: held, remote: undefined } : withRemoteHistory(deps, {
      channel: { roomId: place.room.id, channelId: place.channelId },
      page: held,
      read: () => readPage({ ...deps, reader: userId }, place, input),
    }),
    project(held),
  ]);
  const projected = page === held ? ofHeld : await project(page);
  const roles = place.room.authority.rolesOf(userId);
  return {
    messages: projected.map((each) => personalize(each, { userId, roles })),
    has_before: page.hasBefore || remote?.state === "fetching",
    has_after: page.hasAfter,
    ...(remote === undefined ? {} : { remote_history: remote }),
    ...await threadOfMiddle(deps, place, input),
  };
}

/** Who is led to a message that stands in a thread finds it there. */
async function threadOfMiddle(
  deps: Pick<ChatDeps, "sql">,
  { room }: Place,
  { around, threadId }: PageInput,
): Promise<{ readonly thread_id?: string }> {
  if (around === undefined || threadId !== undefined) return {};
  const [row] = await findTimelineEvents(deps.sql, room.id, [requireEventId(around)]);
  const found = row === undefined ? undefined : threadOfRow(room.authority, row);
  return found === undefined ? {} : { thread_id: found };
}

interface PageRows {
  readonly rows: readonly StoredEvent[];
  readonly hasBefore: boolean;
  readonly hasAfter: boolean;
}

type PageDeps = Pick<ChatDeps, "sql"> & {
  readonly reader: UserId;
  readonly threadId?: string | undefined;
};

async function readPage(given: PageDeps, place: Place, input: PageInput): Promise<PageRows> {
  const { before, after, around, at_ts: atTs, limit, threadId } = input;
  const deps = { ...given, threadId };
  if (after !== undefined) {
    const newer = await read(deps, place, {
      from: await placeOf(deps, place, after),
      direction: "after",
      inclusive: false,
      limit,
    });
    return { rows: newer.rows, hasBefore: true, hasAfter: newer.more };
  }
  const middle = around !== undefined ? await placeOf(deps, place, around) : atTs !== undefined
    // Orders begin at the origin time, so the time itself is a place in the channel.
    ? { order: atTs, hash: new Uint8Array(32) }
    : undefined;
  if (middle !== undefined) {
    const half = Math.ceil(limit / 2);
    const [older, newer] = await Promise.all([
      read(deps, place, { from: middle, direction: "before", inclusive: false, limit: half }),
      read(deps, place, { from: middle, direction: "after", inclusive: true, limit: half }),
    ]);
    return {
      rows: [...older.rows.reverse(), ...newer.rows],
      hasBefore: older.more,
      hasAfter: newer.more,
    };
  }
  const older = await read(deps, place, {
    from: before === undefined ? undefined : await placeOf(deps, place, before),
    direction: "before",
    inclusive: false,
    limit,
  });
  return { rows: older.rows.reverse(), hasBefore: older.more, hasAfter: before !== undefined };
}

/** Pages looked through for one: what is not for this reader takes no place in it. */
const PAGES_MAX = 10;

/** One more than asked for tells whether there is more. */
async function read(
  { reader, threadId, ...deps }: PageDeps,
  place: Place,
  query: {
    readonly from: TimelinePlace | undefined;
    readonly direction: "before" | "after";
    readonly inclusive: boolean;
    readonly limit: number;
  },
): Promise<{ rows: StoredEvent[]; more: boolean }> {
  const channel = { roomId: place.room.id, channelId: place.channelId };
  const { direction, limit } = query;
  const found: StoredEvent[] = [];
  let { from, inclusive } = query;
  for (let page = 0; page < PAGES_MAX; page++) {
    const query = { ...channel, direction, from, inclusive, limit: limit + 1 };
    const rows = threadId === undefined
      ? await pageMessages(deps.sql, query)
      : await pageThread(deps.sql, { ...query, threadId });
    found.push(...await readableRows(place.room, reader, rows));
    const last = rows.at(-1);
    if (found.length > limit || rows.length <= limit || last?.order === undefined) break;
    from = { order: last.order, hash: last.hash };
    inclusive = false;
  }
  return { rows: found.slice(0, limit), more: found.length > limit };
}

/** Where a message stands; a deleted one still has its place. Throws `not_found`. */
async function placeOf(deps: PageDeps, place: Place, rawId: string): Promise<TimelinePlace> {
  const [row] = await findTimelineEvents(deps.sql, place.room.id, [requireEventId(rawId)]);
  if (row?.order === undefined || row.channelId !== place.channelId) throw messageNotFound();
  return { order: row.order, hash: row.hash };
}
