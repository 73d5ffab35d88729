import type { Message, MessageMedia } from "../../../core/api/message.ts";
import type { UnknownName } from "../../../core/api/search.ts";

/** One message that was found, by the server or on this device. */
export interface SearchHit {
  readonly id: string;
  readonly roomId: string;
  readonly channelId: string;
  readonly sender: string;
  /** What the author is called there, where that is known. */
  readonly name: string | undefined;
  readonly avatar: string | null;
  readonly ts: number;
  readonly text: string;
  /** Its files, where a server can read them. */
  readonly media: readonly MessageMedia[];
  /** As servers hold it, where only this device can read it and it was looked up. */
  readonly sealed?: Message | undefined;
}

/** What one place found so far, the newest first. */
export interface SourcePage {
  readonly hits: readonly SearchHit[];
  readonly hasMore: boolean;
  /** Of all that fit, where that is known. */
  readonly count?: number;
  readonly countHasMore?: boolean;
  /** Older messages are still being taken into the index. */
  readonly indexing?: boolean;
  /** Names in filters that fit nobody and nothing. */
  readonly unknown?: readonly UnknownName[];
}

/**
 * What several places found as one list, the newest first. Where one of them has more, what is
 * older than its last one waits: something of it may come in between.
 */
export function mergePages(pages: readonly SourcePage[]): SourcePage {
  const from = Math.max(
    -Infinity,
    ...pages.filter((page) => page.hasMore).map((page) => page.hits.at(-1)?.ts ?? Infinity),
  );
  const all = pages.flatMap((page) => page.hits);
  const hits = all.filter((hit) => hit.ts >= from).sort((a, b) => b.ts - a.ts);
  const counts = pages.map((page) => page.count ?? page.hits.length);
  return {
    hits,
    hasMore: pages.some((page) => page.hasMore),
    count: counts.reduce((sum, each) => sum + each, 0),
    countHasMore: pages.some((page) => page.countHasMore ?? page.hasMore),
    indexing: pages.some((page) => page.indexing === true),
    unknown: pages.flatMap((page) => page.unknown ?? []),
  };
}

/** Neighbors of one channel together, in the order in which they were found. */
export function groupByChannel(hits: readonly SearchHit[]): SearchHit[][] {
  const groups: SearchHit[][] = [];
  for (const hit of hits) {
    const last = groups.at(-1);
    const [first] = last ?? [];
    if (first?.roomId === hit.roomId && first.channelId === hit.channelId) last?.push(hit);
    else groups.push([hit]);
  }
  return groups;
}
