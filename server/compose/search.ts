import type { Config } from "../config/config.ts";
import { meilisearchAddress } from "../config/search_engine.ts";
import { IndexFollower } from "../services/search/index_follower.ts";
import { MeilisearchIndex } from "../services/search/meilisearch_index.ts";
import type { MessageIndex } from "../services/search/message_index.ts";
import { emptyPostgresIndex, PostgresIndex } from "../services/search/postgres_index.ts";
import type { StoreParts, SystemParts } from "./store.ts";

interface SearchScope {
  readonly store: StoreParts;
  readonly meter: { searchFailed(): void };
  readonly stack: AsyncDisposableStack;
}

/** What finds messages by words, kept in step with the log. */
export async function composeSearch(
  config: Config,
  { clock, log }: SystemParts,
  { store, meter, stack }: SearchScope,
): Promise<MessageIndex> {
  const { sql } = store.database;
  const { token } = store.feed;
  const { instance } = token;
  const searchLog = log.child({ part: "search" });
  const failed = (error: unknown) => {
    meter.searchFailed();
    searchLog.log("warn", "The index of the search could not be used.", { error });
  };
  const address = meilisearchAddress(config);
  if (address !== undefined) await emptyPostgresIndex(sql);
  const ending = new AbortController();
  const index = address === undefined
    ? new PostgresIndex(sql)
    : new MeilisearchIndex({ address, clock, instance, failed, ending: ending.signal });
  const follower = stack.use(new IndexFollower({ sql, index, clock, failed, token, ending }));
  stack.defer(store.feed.subscribe((batch) => follower.take(batch)));
  return index;
}
