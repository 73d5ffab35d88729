import { Secret } from "../../server/config/secret.ts";
import type { MeilisearchAddress } from "../../server/services/search/meilisearch_api.ts";
import { MeilisearchIndex } from "../../server/services/search/meilisearch_index.ts";
import { INSTANCE_FACT, settleFact } from "../../server/postgres/server_facts.ts";
import type { Sql } from "../../server/postgres/sql.ts";
import { systemClock } from "../../server/system/clock.ts";
import { startMeilisearchStandIn } from "./meilisearch_stand_in.ts";

/** A Meilisearch to index in: the one of `OPENGUILD_MEILISEARCH`, or else the stand-in. */
export function openMeilisearch(): AsyncDisposable & { readonly address: MeilisearchAddress } {
  const url = Deno.env.get("OPENGUILD_MEILISEARCH");
  if (url !== undefined) {
    const key = new Secret(Deno.env.get("OPENGUILD_MEILISEARCH_KEY") ?? "");
    return { address: { url, key }, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const server = startMeilisearchStandIn();
  return {
    address: { url: server.url, key: new Secret(server.key) },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Settings of a server that finds messages with it. */
export function meilisearchSettings({ url, key }: MeilisearchAddress): Record<string, string> {
  return {
    "search.engine": "meilisearch",
    "search.meilisearch_url": url,
    "search.meilisearch_key": key.reveal(),
  };
}

/** The index of a server, looked at beside it. */
export async function meilisearchIndexOf(
  sql: Sql,
  address: MeilisearchAddress,
): Promise<MeilisearchIndex> {
  const instance = await settleFact(sql, INSTANCE_FACT, "");
  return openMeilisearchIndex(address, instance);
}

export function openMeilisearchIndex(
  address: MeilisearchAddress,
  instance: string,
): MeilisearchIndex {
  return new MeilisearchIndex({
    address,
    clock: systemClock,
    instance,
    failed: () => undefined,
    ending: new AbortController().signal,
  });
}
