import type { Secret } from "./secret.ts";
import type { ConfigValues } from "./sections.ts";

/** The search server that is configured; undefined: Postgres finds messages itself. */
export function meilisearchAddress(
  { search }: Pick<ConfigValues, "search">,
): { readonly url: string; readonly key: Secret } | undefined {
  const { engine, meilisearchUrl: url, meilisearchKey: key } = search;
  return engine === "postgres" || url === undefined || key === undefined ? undefined : { url, key };
}

/** What of the settings does not fit together, each with the way out. */
export function searchProblems(
  { search, database }: Pick<ConfigValues, "search" | "database">,
): string[] {
  const { engine, meilisearchUrl: url, meilisearchKey: key } = search;
  if (engine === "postgres") {
    return (url ?? key) === undefined
      ? []
      : ['search.meilisearch_url and search.meilisearch_key need search.engine "meilisearch"'];
  }
  return [
    ...(url === undefined || key === undefined
      ? [
        'search.engine is "meilisearch": set search.meilisearch_url and search.meilisearch_key',
      ]
      : []),
    // The embedded database has one connection, which must not wait for another server.
    ...(database.url === undefined
      ? ['search.engine "meilisearch" needs a Postgres in database.url']
      : []),
  ];
}
