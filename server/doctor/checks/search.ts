import type { Clock } from "../../../core/ports/clock.ts";
import type { Config } from "../../config/config.ts";
import { meilisearchAddress } from "../../config/search_engine.ts";
import { MeilisearchApi, MeilisearchError } from "../../services/search/meilisearch_api.ts";
import { type Advice, type Finding, ok, problem, reasonOf } from "../finding.ts";

const CHECK = "search";
/** The first that filters by the beginning of a word without an experiment. */
const OLDEST = [1, 18] as const;

/** A configured Meilisearch answers, takes the key, and is new enough. */
export async function checkSearch(
  config: Pick<Config, "search">,
  clock: Clock,
): Promise<Finding[]> {
  const address = meilisearchAddress(config);
  if (address === undefined) return [ok(CHECK, "search.postgres")];
  try {
    const version = await new MeilisearchApi(address, clock, new AbortController().signal)
      .version();
    if (isOld(version)) {
      return [
        problem(CHECK, ["search.old", "search.upgrade"], {
          address: address.url,
          version,
          wanted: OLDEST.join("."),
        }),
      ];
    }
    return [ok(CHECK, "search.good", { version, address: address.url })];
  } catch (error) {
    return [problem(CHECK, ["search.failed", adviceFor(error)], { reason: reasonOf(error) })];
  }
}

function adviceFor(error: unknown): Advice {
  const isAway = error instanceof MeilisearchError && error.code === "unreachable";
  return isAway ? "search.reach" : "search.key";
}

function isOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}
