import { z } from "zod";
import type { Clock } from "../../../core/ports/clock.ts";
import { wordsOf } from "../../../core/search/words.ts";
import type { Tx } from "../../postgres/sql.ts";
import { type MeilisearchAddress, MeilisearchApi, MeilisearchError } from "./meilisearch_api.ts";
import type {
  HitPage,
  HitPlace,
  IndexQuestion,
  MessageIndex,
  SearchDocument,
  SearchedChannel,
} from "./message_index.ts";

/** Hits are counted so far; a page is far smaller. */
const COUNTED_MAX = 2000;
/** Channels in one filter; with more of them several questions are asked in one request. */
const CHANNELS_AT_ONCE = 500;
/** Of the 468 bytes of a value that Meilisearch filters by. */
const KEY_CHARS_MAX = 400;
/** Hexadecimal digits of a hash that order what has one time: as a number, exact. */
const TIE_DIGITS = 12;

/**
 * What Meilisearch holds of a message. It filters by values without regard to case, so that ids
 * stand there twice: as they are, and as keys (`keyOf`) to filter by.
 */
const rowSchema = z.object({
  roomId: z.string(),
  eventId: z.string(),
  channelId: z.string(),
  sender: z.string(),
  order: z.number(),
  hash: z.string(),
  textFrom: z.string(),
  /** Taken apart by our rules and joined with spaces. */
  words: z.string(),
  has: z.array(z.string()),
  mentions: z.array(z.string()),
});
type Row = z.infer<typeof rowSchema>;

const FILTERED = [
  "order",
  "tie",
  "has",
  "terms",
  "room_key",
  "channel_key",
  "sender_key",
  "mention_keys",
  "text_key",
];

/** The newest first, all words as they are written, nothing guessed. */
const SETTINGS = {
  searchableAttributes: ["words"],
  displayedAttributes: Object.keys(rowSchema.shape),
  filterableAttributes: FILTERED,
  sortableAttributes: ["order", "tie"],
  rankingRules: ["words", "sort"],
  typoTolerance: { enabled: false },
  stopWords: [],
  synonyms: {},
  nonSeparatorTokens: ["_"],
  prefixSearch: "disabled",
  facetSearch: false,
  pagination: { maxTotalHits: COUNTED_MAX },
};

const indexInfo = z.object({ createdAt: z.string() });
const fetched = z.object({
  results: z.array(rowSchema.pick({ eventId: true, textFrom: true })),
  total: z.number(),
});
const answers = z.object({
  results: z.array(z.object({ hits: z.array(rowSchema), estimatedTotalHits: z.number() })),
});

/**
 * Messages in a Meilisearch. Its own search takes the last word alone for a beginning and ten
 * words of a question at most, so that words are asked for as a filter (`STARTS WITH`, from 1.18
 * on) and phrases as its query. What it answers is held to the question once more (`fits`).
 */
export class MeilisearchIndex implements MessageIndex {
  readonly #api: MeilisearchApi;
  readonly #uid: string;
  readonly #failed: (error: unknown) => void;
  /** Tasks that `settled` waits for. */
  #tasks: number[] = [];
  /** The index whose settings this process has seen to. */
  #set: string | undefined;

  constructor(
    deps: {
      readonly address: MeilisearchAddress;
      readonly clock: Clock;
      /** `INSTANCE_FACT`: several servers may share one Meilisearch. */
      readonly instance: string;
      readonly failed: (error: unknown) => void;
      readonly ending: AbortSignal;
    },
  ) {
    this.#api = new MeilisearchApi(deps.address, deps.clock, deps.ending);
    this.#uid = `openguild-${deps.instance}`;
    this.#failed = deps.failed;
  }

  /** Says when it was made, so that one that was lost and made anew is filled anew. */
  async identity(): Promise<string> {
    const createdAt = await this.#createdAt() ?? await this.#create();
    if (this.#set !== createdAt) {
      await this.#api.finished(
        await this.#api.enqueue("PATCH", `/indexes/${this.#uid}/settings`, SETTINGS),
      );
      this.#set = createdAt;
    }
    return `meilisearch ${this.#uid} ${createdAt}`;
  }

  async put(_tx: Tx, documents: readonly SearchDocument[]): Promise<void> {
    if (documents.length === 0) return;
    await this.#enqueue("documents?primaryKey=id", documents.map(heldOf));
  }

  async remove(_tx: Tx, roomId: string, eventIds: readonly string[]): Promise<void> {
    if (eventIds.length === 0) return;
    await this.#enqueue("documents/delete-batch", eventIds.map((id) => idOf(roomId, id)));
  }

  async removeRoom(_tx: Tx, roomId: string): Promise<void> {
    await this.#enqueue("documents/delete", { filter: oneOf("room_key", [keyOf(roomId)]) });
  }

  async editedBy(_tx: Tx, roomId: string, editIds: readonly string[]): Promise<readonly string[]> {
    if (editIds.length === 0) return [];
    // What an attempt before this one asked for may still be on its way.
    await this.#api.idle(this.#uid);
    const { results } = await this.#api.ask(
      fetched,
      "POST",
      `/indexes/${this.#uid}/documents/fetch`,
      {
        filter: oneOf("text_key", editIds.map((id) => keyOf(roomId, id))),
        fields: ["eventId", "textFrom"],
        limit: editIds.length,
      },
    );
    return results.filter((row) => row.textFrom !== row.eventId).map((row) => row.eventId);
  }

  async settled(): Promise<void> {
    const tasks = this.#tasks;
    this.#tasks = [];
    for (const each of tasks) await this.#api.finished(each);
  }

  async find(question: IndexQuestion): Promise<HitPage> {
    const queries = chunksOf(question.channels, CHANNELS_AT_ONCE)
      .map((channels) => queryOf(this.#uid, { ...question, channels }));
    try {
      const { results } = await this.#api.ask(answers, "POST", "/multi-search", { queries });
      const rows = results.flatMap((each) => each.hits).sort(newestFirst);
      return {
        ...pageOf(rows, question),
        count: results.reduce((sum, each) => sum + each.estimatedTotalHits, 0),
        hasMore: results.some((each) => each.estimatedTotalHits >= COUNTED_MAX),
      };
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  }

  async #enqueue(what: string, body: unknown): Promise<void> {
    this.#tasks.push(await this.#api.enqueue("POST", `/indexes/${this.#uid}/${what}`, body));
  }

  async #createdAt(): Promise<string | undefined> {
    try {
      return (await this.#api.ask(indexInfo, "GET", `/indexes/${this.#uid}`)).createdAt;
    } catch (error) {
      if (error instanceof MeilisearchError && error.code === "index_not_found") return undefined;
      throw error;
    }
  }

  async #create(): Promise<string> {
    const task = await this.#api.enqueue("POST", "/indexes", { uid: this.#uid, primaryKey: "id" });
    await this.#api.finished(task).catch((error) => {
      // Another process was faster.
      if (!(error instanceof MeilisearchError) || error.code !== "index_already_exists") {
        throw error;
      }
    });
    return (await this.#api.ask(indexInfo, "GET", `/indexes/${this.#uid}`)).createdAt;
  }
}

/** With what is filtered by. */
function heldOf(document: SearchDocument) {
  const { roomId, eventId, channelId, sender, order, textFrom, has, mentions } = document;
  const words = wordsOf(document.text);
  const hash = document.hash.toHex();
  return {
    ...{ roomId, eventId, channelId, sender, order, hash, textFrom, has, mentions },
    words: words.join(" "),
    id: idOf(roomId, eventId),
    tie: tieOf(hash),
    terms: [...new Set(words)],
    room_key: keyOf(roomId),
    channel_key: keyOf(roomId, channelId),
    sender_key: keyOf(sender),
    mention_keys: mentions.map((each) => keyOf(each)),
    text_key: keyOf(roomId, textFrom),
  };
}

/** Ids are letters, digits, `-` and `_` in Meilisearch. */
function idOf(roomId: string, eventId: string): string {
  return new TextEncoder().encode(`${roomId} ${eventId}`)
    .toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Ids to filter by, in digits that have no case and need no quoting. */
function keyOf(...ids: readonly string[]): string {
  return new TextEncoder().encode(ids.join(" ")).toHex().slice(0, KEY_CHARS_MAX);
}

function tieOf(hash: string): number {
  return parseInt(hash.slice(0, TIE_DIGITS), 16);
}

function queryOf(indexUid: string, question: IndexQuestion) {
  return {
    indexUid,
    q: question.phrases.map((phrase) => wordsOf(phrase).join(" ")).filter((each) => each !== "")
      .map((each) => `"${each}"`).join(" "),
    filter: filterOf(question),
    sort: ["order:desc", "tie:desc"],
    limit: question.limit + 1,
    matchingStrategy: "all",
  };
}

/** All conditions of a question; the words of it are letters and digits, and need no escape. */
function filterOf(question: IndexQuestion): string {
  const { from, without, has, mentions, sinceTs, untilTs, before } = question;
  const keys = (ids: readonly string[]) => ids.map((id) => keyOf(id));
  return [
    channelsFilter(question.channels),
    ...question.words.flatMap((word) => wordFilter(wordsOf(word))),
    ...(from === undefined ? [] : [oneOf("sender_key", keys(from))]),
    ...(without.length === 0 ? [] : [`NOT ${oneOf("sender_key", keys(without))}`]),
    ...has.map((each) => oneOf("has", [each])),
    ...mentions.map((each) => oneOf("mention_keys", keys(each))),
    ...(sinceTs === undefined ? [] : [`order >= ${sinceTs}`]),
    ...(untilTs === undefined ? [] : [`order < ${untilTs}`]),
    ...(before === undefined ? [] : [olderThan(before)]),
  ].join(" AND ");
}

/** Channels of one beginning stand in one list. */
function channelsFilter(channels: readonly SearchedChannel[]): string {
  const bySince = Map.groupBy(channels, (each) => each.sinceTs);
  const parts = [...bySince].map(([since, those]) => {
    const places = oneOf("channel_key", those.map((each) => keyOf(each.roomId, each.channelId)));
    return since === 0 ? places : `(${places} AND order >= ${since})`;
  });
  return `(${parts.join(" OR ")})`;
}

/** One that is several (`it's`): whole words, and the last as a beginning. */
function wordFilter(words: readonly string[]): string[] {
  return words.map((word, at) =>
    at === words.length - 1 ? `terms STARTS WITH "${word}"` : oneOf("terms", [word])
  );
}

function olderThan({ order, hash }: HitPlace): string {
  return `(order < ${order} OR (order = ${order} AND tie < ${tieOf(hash.toHex())}))`;
}

function oneOf(attribute: string, values: readonly string[]): string {
  return `${attribute} IN [${values.map((each) => `"${each}"`).join(", ")}]`;
}

function newestFirst(a: Row, b: Row): number {
  return b.order - a.order || tieOf(b.hash) - tieOf(a.hash);
}

function pageOf(rows: readonly Row[], question: IndexQuestion): Pick<HitPage, "hits" | "next"> {
  const page = rows.slice(0, question.limit);
  const hits = page.filter((row) => fits(row, question)).map((row) => ({
    roomId: row.roomId,
    channelId: row.channelId,
    eventId: row.eventId,
    ...placeOf(row),
  }));
  const last = page.at(-1);
  return rows.length > question.limit && last !== undefined ? { hits, next: placeOf(last) } : {
    hits,
  };
}

function placeOf({ order, hash }: Row): HitPlace {
  return { order, hash: Uint8Array.fromHex(hash) };
}

/** Whether an answer is one to the question, to the letter, wherever Meilisearch is generous. */
function fits(row: Row, question: IndexQuestion): boolean {
  const { channels, from, without, has, mentions } = question;
  const words = row.words.split(" ");
  return channels.some((each) =>
    each.roomId === row.roomId && each.channelId === row.channelId && row.order >= each.sinceTs
  ) &&
    from?.includes(row.sender) !== false && !without.includes(row.sender) &&
    has.every((each) => row.has.includes(each)) &&
    mentions.every((each) => each.some((target) => row.mentions.includes(target))) &&
    question.words.every((word) => stands(words, wordsOf(word), "beginning")) &&
    question.phrases.every((phrase) => stands(words, wordsOf(phrase), "whole"));
}

/** Whether words follow one another in a text, the last whole or as a beginning. */
function stands(
  text: readonly string[],
  sought: readonly string[],
  last: "beginning" | "whole",
): boolean {
  const end = sought.length - 1;
  return text.some((_, at) =>
    sought.every((word, n) =>
      n === end && last === "beginning"
        ? text[at + n]?.startsWith(word) === true
        : text[at + n] === word
    )
  );
}

function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from(
    { length: Math.ceil(items.length / size) },
    (_, n) => items.slice(n * size, (n + 1) * size),
  );
}
