import type { Has } from "../../../core/search/query.ts";
import type { Tx } from "../../postgres/sql.ts";

/** A message as it is found: its words now, and where it stands. */
export interface SearchDocument {
  readonly roomId: string;
  readonly eventId: string;
  readonly channelId: string;
  readonly sender: string;
  readonly order: number;
  readonly hash: Uint8Array;
  /** The event whose text this is. */
  readonly textFrom: string;
  readonly text: string;
  readonly has: readonly Has[];
  /** User ids, '&' and role ids, 'everyone'. */
  readonly mentions: readonly string[];
}

export interface ChannelKey {
  readonly roomId: string;
  readonly channelId: string;
}

export interface SearchedChannel extends ChannelKey {
  /** Nothing older is looked at, ms; 0: all of it. */
  readonly sinceTs: number;
}

export interface HitPlace {
  readonly order: number;
  readonly hash: Uint8Array;
}

/** What is looked for, with everything resolved to ids. All conditions hold at once. */
export interface IndexQuestion {
  readonly words: readonly string[];
  readonly phrases: readonly string[];
  /** Channels that the reader may see now; one of them. Never empty. */
  readonly channels: readonly SearchedChannel[];
  /** One of them; absent: anybody. */
  readonly from?: readonly string[];
  /** Whose messages are left out: those whom the reader has blocked. */
  readonly without: readonly string[];
  readonly has: readonly Has[];
  /** One of each list. */
  readonly mentions: readonly (readonly string[])[];
  readonly sinceTs?: number;
  readonly untilTs?: number;
  /** Only older ones: where the page before ended. */
  readonly before?: HitPlace;
  readonly limit: number;
}

export interface Hit extends ChannelKey, HitPlace {
  readonly eventId: string;
}

export interface HitPage {
  /** The newest first. */
  readonly hits: readonly Hit[];
  /** Where to go on; absent: there is nothing older. */
  readonly next?: HitPlace;
  /** Of all that fit, as far as they were counted. */
  readonly count: number;
  readonly hasMore: boolean;
}

/** The index cannot be reached or does not do what it was asked for; later it may. */
export class IndexError extends Error {
  override readonly name: string = "IndexError";
}

/**
 * Where messages are found by words: Postgres, or another search server. One that is no part of
 * the database takes no notice of transactions; it does things in the order they were asked for.
 * Every function may throw an `IndexError`.
 */
export interface MessageIndex {
  /** Tells apart what is filled by itself; made ready by the asking. */
  identity(): Promise<string>;
  /** Replaces what is held of these messages; the same again changes nothing. */
  put(tx: Tx, documents: readonly SearchDocument[]): Promise<void>;
  remove(tx: Tx, roomId: string, eventIds: readonly string[]): Promise<void>;
  /** Everything of a room. */
  removeRoom(tx: Tx, roomId: string): Promise<void>;
  /** Messages whose text is that of one of these edits. */
  editedBy(tx: Tx, roomId: string, editIds: readonly string[]): Promise<readonly string[]>;
  /** Waits until what was put and removed so far is done for good. */
  settled(): Promise<void>;
  find(question: IndexQuestion): Promise<HitPage>;
}
