import { defineSection } from "../section.ts";
import { choice, secret, webAddress } from "../setting.ts";

export const searchSection = defineSection({
  name: "search",
  doc:
    "Where messages are found by words. Postgres needs nothing more; Meilisearch is a search server of its own, filled from the log when it is chosen.",
  settings: {
    engine: choice({
      of: ["postgres", "meilisearch"],
      fallback: "postgres",
      doc: "`meilisearch` needs its address and key, and a Postgres in `database.url`.",
    }),
    meilisearchUrl: webAddress({ doc: "Its address, such as `http://127.0.0.1:7700`." }),
    meilisearchKey: secret({
      doc: "A key that may do everything with indexes `openguild-*`, read tasks and the version.",
    }),
  },
});
