import type { Message } from "../../../core/api/message.ts";
import { callApi } from "../browser/browser_api.ts";
import { authorOf } from "../format/author.ts";
import { faceOf } from "../format/names.ts";
import type { SearchHit, SourcePage } from "./hits.ts";

export const PAGE_HITS = 25;
/** Pages asked for where they come empty: a page may hold nothing and still have a next one. */
const EMPTY_PAGES_MAX = 4;

export interface ServerQuestion {
  readonly roomId: string;
  readonly question: string;
  /** Minutes by which the asker's clock is ahead of UTC: when days begin. */
  readonly offset: number;
}

/** What the server finds, page by page. */
export class ServerPages {
  readonly #asked: ServerQuestion;
  #page: SourcePage = { hits: [], hasMore: true };
  #cursor: string | undefined;

  constructor(asked: ServerQuestion) {
    this.#asked = asked;
  }

  /** All so far, with older ones than before. @throws ApiError */
  async more(): Promise<SourcePage> {
    for (let n = 0; n < EMPTY_PAGES_MAX && this.#page.hasMore; n++) {
      const before = this.#page.hits.length;
      const found = await callApi("searchMessages", {
        params: { room_id: this.#asked.roomId },
        query: {
          q: this.#asked.question,
          limit: PAGE_HITS,
          utc_offset: this.#asked.offset,
          ...(this.#cursor === undefined ? {} : { cursor: this.#cursor }),
        },
      });
      this.#cursor = found.next ?? undefined;
      const hits = [...this.#page.hits, ...found.messages.map(hitOf)];
      this.#page = {
        hits,
        hasMore: found.next !== null,
        // Later pages count what is left.
        count: Math.max(this.#page.count ?? found.count, hits.length),
        countHasMore: found.count_has_more,
        indexing: found.indexing,
        unknown: found.unknown,
      };
      if (this.#page.hits.length > before) break;
    }
    return this.#page;
  }
}

export function hitOf(message: Message): SearchHit {
  return {
    id: message.id,
    roomId: message.room_id,
    channelId: message.channel_id,
    sender: message.author.id,
    name: authorOf(message),
    avatar: faceOf(message),
    ts: message.origin_ts,
    text: message.body,
    media: message.media,
  };
}
