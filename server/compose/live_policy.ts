import { type ServerLists, serverLists } from "../../federation/policy.ts";
import type { Bus } from "../../core/ports/bus.ts";
import type { Config } from "../config/config.ts";
import type { Sql } from "../postgres/sql.ts";
import { subscribeAccountEvents } from "../services/accounts/account_event.ts";
import { pinnedOf } from "../services/accounts/open_accounts.ts";
import { readSettings } from "../services/accounts/settings.ts";
import { WorkLoop } from "../services/work_loop.ts";
import type { SystemParts } from "./store.ts";

/** A notice of another process may be lost; what it told of is found so soon all the same. */
const REREAD_MS = 60_000;

/**
 * Whom administrators let this server speak with, as it is now: a change counts in every process
 * with the next request. Holds the lists until `stack` ends.
 */
export async function followServerLists(
  config: Config,
  system: SystemParts,
  { sql, bus, stack }: {
    readonly sql: Sql;
    readonly bus: Bus;
    readonly stack: AsyncDisposableStack;
  },
): Promise<() => ServerLists> {
  const pinned = pinnedOf(config);
  const read = async () => {
    const { federation_allow, federation_block } = await readSettings({ sql, pinned });
    return serverLists({ allow: federation_allow, block: federation_block });
  };
  let lists = await read();
  const loop = stack.use(
    new WorkLoop(system, {
      round: async () => {
        lists = await read();
      },
      intervalMs: REREAD_MS,
      trouble: "Whom this server may speak with could not be read anew.",
    }),
  );
  stack.defer(subscribeAccountEvents({ ...system, bus }, ({ kind }) => {
    if (kind === "settings_changed") loop.wake();
  }));
  return () => lists;
}
