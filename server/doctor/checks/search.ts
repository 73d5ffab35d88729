import type { Clock } from "../../../core/ports/clock.ts";
import type { Config } from "../../config/config.ts";
import { meilisearchAddress } from "../../config/search_engine.ts";
import { MeilisearchApi, MeilisearchError } from "../../services/search/meilisearch_api.ts";
import { type Finding, ok, problem, reasonOf } from "../finding.ts";

const CHECK = "search";
/** The first that filters by the beginning of a word without an experiment. */
const OLDEST = [1, 18] as const;

/** A configured Meilisearch answers, takes the key, and is new enough. */
export async function checkSearch(
  config: Pick<Config, "search">,
  clock: Clock,
): Promise<Finding[]> {
  const address = meilisearchAddress(config);
  if (address === undefined) return [ok(CHECK, "Messages are found by Postgres itself.")];
  try {
    const version = await new MeilisearchApi(address, clock, new AbortController().signal)
      .version();
    if (isOld(version)) {
      return [
        problem(
          CHECK,
          `Meilisearch at ${address.url} is version ${version}, which cannot filter by words.`,
          `Upgrade Meilisearch to ${OLDEST.join(".")} or newer.`,
        ),
      ];
    }
    return [ok(CHECK, `Meilisearch ${version} at ${address.url} takes the key.`)];
  } catch (error) {
    return [problem(CHECK, reasonOf(error), adviceFor(error))];
  }
}

function adviceFor(error: unknown): string {
  return error instanceof MeilisearchError && error.code === "unreachable"
    ? "Is Meilisearch running, and is search.meilisearch_url right? Searches wait for it; what is " +
      "said is indexed once it is back."
    : "Is search.meilisearch_url Meilisearch's own address, and does search.meilisearch_key name a " +
      "key that may do everything with indexes openguild-*, read tasks and the version?";
}

function isOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}
