import { IndexFollower } from "../services/search/index_follower.ts";
import type { MessageIndex } from "../services/search/message_index.ts";
import { PostgresIndex } from "../services/search/postgres_index.ts";
import type { StoreParts, SystemParts } from "./store.ts";

/** What finds messages by words, kept in step with the log. */
export function composeSearch(
  { clock, log }: SystemParts,
  { store, stack }: { readonly store: StoreParts; readonly stack: AsyncDisposableStack },
): MessageIndex {
  const { sql } = store.database;
  const index = new PostgresIndex(sql);
  const follower = stack.use(
    new IndexFollower({
      sql,
      index,
      clock,
      log: log.child({ part: "search" }),
      instance: store.feed.token.instance,
    }),
  );
  stack.defer(store.feed.subscribe((batch) => follower.take(batch)));
  return index;
}
