import type { Message } from "../../../core/api/message.ts";
import type { UnknownName } from "../../../core/api/search.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { parseSearch, problemText, type SearchQuery } from "../../../core/search/query.ts";
import { wordsOf } from "../../../core/search/words.ts";
import { sqlState } from "../../postgres/sql.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { findTimelineEvents } from "../messages/message_rows.ts";
import { personalize, projectMessages } from "../messages/project_messages.ts";
import { readableRows } from "../messages/readable_rows.ts";
import { blockedBy } from "../relationships/relationship_rows.ts";
import { isIndexComplete } from "./index_follower.ts";
import {
  type Hit,
  type HitPlace,
  IndexError,
  type IndexQuestion,
  type MessageIndex,
} from "./message_index.ts";
import { openScope, type Scope } from "./scope.ts";
import { channelsNamed, channelsNear, namesNear, peopleNamed } from "./resolve_names.ts";

export interface SearchInput {
  readonly roomId: string;
  readonly q: string;
  readonly cursor?: string | undefined;
  readonly utc_offset: number;
  readonly limit: number;
}

export interface SearchPage {
  readonly messages: Message[];
  readonly next: string | null;
  readonly count: number;
  readonly count_has_more: boolean;
  readonly unknown: UnknownName[];
  readonly indexing: boolean;
  readonly encrypted_channels: number;
}

type SearchDeps =
  & Pick<ChatDeps, "sql" | "rooms" | "users" | "clock" | "throttle" | "serverName">
  & {
    readonly messageIndex: MessageIndex;
  };

/** Messages that the user may read, the newest first. @throws OperationError */
export async function searchMessages(
  deps: SearchDeps,
  userId: UserId,
  input: SearchInput,
): Promise<SearchPage> {
  const scope = await openScope(deps, userId, input.roomId);
  const parsed = parseSearch(input.q, input.utc_offset);
  if ("problem" in parsed) throw new OperationError("invalid", problemText(parsed.problem));
  const before = input.cursor === undefined ? undefined : readCursor(input.cursor);
  await deps.throttle.take("searches", [{ policy: "search", who: userId }]);
  const indexing = !await answered(() => isIndexComplete(deps.sql, deps.messageIndex));
  const encrypted = scope.encrypted;
  const { question, unknown } = await understand(deps, { scope, userId, query: parsed.query });
  if (question === undefined) {
    const nothing = { messages: [], next: null, count: 0, count_has_more: false };
    return { ...nothing, unknown, indexing, encrypted_channels: encrypted };
  }
  const page = await answered(() =>
    deps.messageIndex.find({ ...question, ...(before && { before }), limit: input.limit })
  );
  const messages = await show(deps, { scope, userId, hits: page.hits });
  return {
    messages,
    next: page.next === undefined ? null : writeCursor(page.next),
    count: scope.uncounted ? messages.length : page.count,
    count_has_more: scope.uncounted ? page.next !== undefined : page.hasMore,
    unknown,
    indexing,
    encrypted_channels: encrypted,
  };
}

/** What the index answers. @throws OperationError `unavailable` */
async function answered<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof IndexError) {
      throw new OperationError("unavailable", "The search is not reachable now: try again later.", {
        cause: error,
      });
    }
    // 57014: it took longer than a question may.
    if (sqlState(error) !== "57014") throw error;
    throw new OperationError(
      "unavailable",
      "This search took too long and was given up. Name a channel with in: or a time with after:.",
    );
  }
}

/**
 * Names become ids, those apart that are nobody's. Without a question nothing can fit.
 * @throws OperationError `invalid`
 */
async function understand(
  deps: SearchDeps,
  { scope, userId, query }: {
    readonly scope: Scope;
    readonly userId: UserId;
    readonly query: SearchQuery;
  },
): Promise<{
  readonly question?: Omit<IndexQuestion, "limit">;
  readonly unknown: UnknownName[];
}> {
  const texts = [...query.words, ...query.phrases];
  if (texts.length > 0 && texts.every((text) => wordsOf(text).length === 0)) {
    throw new OperationError("invalid", "There is no word in it: write a letter or a digit.");
  }
  const channels = query.in.length === 0 ? scope.channels : channelsNamed(scope, query.in);
  const from = await Promise.all(
    query.from.map((name) => peopleNamed(deps, scope, { name, userId })),
  );
  const mentions = await Promise.all(
    query.mentions.map((name) =>
      name.toLowerCase().replace("@", "") === "everyone"
        ? ["everyone"]
        : peopleNamed(deps, scope, { name, userId })
    ),
  );
  const none = from.length > 0 && from.flat().length === 0;
  const unknown = await unknownNames(deps, scope, { query, from, mentions });
  if (channels.length === 0 || none || mentions.some((each) => each.length === 0)) {
    return { unknown };
  }
  const question = {
    words: query.words,
    phrases: query.phrases,
    channels,
    ...(from.length === 0 ? {} : { from: from.flat() }),
    without: [...await blockedBy(deps.sql, userId)],
    has: query.has,
    mentions,
    ...(query.sinceTs === undefined ? {} : { sinceTs: query.sinceTs }),
    ...(query.untilTs === undefined ? {} : { untilTs: query.untilTs }),
  };
  return { question, unknown };
}

/** The names that fit nobody and no channel that the reader may see, with what they may mean. */
async function unknownNames(
  deps: SearchDeps,
  scope: Scope,
  { query, from, mentions }: {
    readonly query: SearchQuery;
    /** Whom each name stands for. */
    readonly from: readonly (readonly string[])[];
    readonly mentions: readonly (readonly string[])[];
  },
): Promise<UnknownName[]> {
  const channels = query.in.filter((name) => channelsNamed(scope, [name]).length === 0)
    .map((name) => ({ filter: "in" as const, name, near: channelsNear(scope, name) }));
  const people = [
    ...query.from.map((name, at) => ({ filter: "from" as const, name, ids: from[at] })),
    ...query.mentions.map((name, at) => ({ filter: "mentions" as const, name, ids: mentions[at] })),
  ].filter(({ ids }) => ids?.length === 0);
  return [
    ...channels,
    ...await Promise.all(people.map(async ({ filter, name }) => ({
      filter,
      name,
      near: await namesNear(deps, scope, name),
    }))),
  ];
}

/** As they are now: whatever the index does not know of yet is left out here. */
async function show(
  deps: SearchDeps,
  { scope, userId, hits }: {
    readonly scope: Scope;
    readonly userId: UserId;
    readonly hits: readonly Hit[];
  },
): Promise<Message[]> {
  const shown = new Map<string, Message>();
  for (const [roomId, room] of scope.rooms) {
    const ids = hits.filter((hit) => hit.roomId === roomId).map((hit) => hit.eventId);
    if (ids.length === 0) continue;
    const held = await findTimelineEvents(deps.sql, roomId, ids);
    const there = held.filter((row) => row.redactedBy === undefined && !row.withheld);
    const rows = await readableRows(room, userId, there);
    const roles = room.authority.rolesOf(userId);
    for (const each of await projectMessages(deps, room, { rows, viewer: userId })) {
      shown.set(each.frame.id, personalize(each, { userId, roles }));
    }
  }
  return hits.flatMap((hit) => shown.get(hit.eventId) ?? []);
}

const CURSOR = /^([0-9a-z]{1,11})\.([0-9a-f]{64})$/;

function writeCursor({ order, hash }: HitPlace): string {
  return `${order.toString(36)}.${hash.toHex()}`;
}

function readCursor(text: string): HitPlace {
  const match = CURSOR.exec(text);
  const order = parseInt(match?.[1] ?? "", 36);
  if (match === null || !Number.isSafeInteger(order)) {
    throw new OperationError("invalid", "The cursor is not one that a search answered with.");
  }
  return { order, hash: Uint8Array.fromHex(match[2] ?? "") };
}
