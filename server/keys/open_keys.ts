import type { ServerName } from "../../core/ids/server_name.ts";
import type { Bus } from "../../core/ports/bus.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Rng } from "../../core/ports/rng.ts";
import type { Sql } from "../postgres/sql.ts";
import { publishAccountEvent, subscribeAccountEvents } from "../services/accounts/account_event.ts";
import { KeyFolder } from "./key_folder.ts";
import { LocalSigner } from "./local_signer.ts";

export interface OpenKeysOptions {
  readonly sql: Sql;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  /** Settled before: keys are bound to it. */
  readonly serverName: ServerName;
  readonly dataFolder: string;
}

/** The signing keys of a running server. */
export interface OpenedKeys extends AsyncDisposable {
  readonly signer: LocalSigner;
  /** Names the data folder in `signing_keys`. */
  readonly holder: string;
}

/** Opens the data folder's keys, makes one where none is current, and looks after them. */
export async function openKeys(options: OpenKeysOptions): Promise<OpenedKeys> {
  const { bus, clock, dataFolder, rng } = options;
  const log = options.log.child({ part: "keys" });
  const folder = await KeyFolder.open(dataFolder, { rng });
  let own = false;
  const signer = new LocalSigner({
    ...options,
    log,
    folder,
    onChange: () => {
      own = true;
      publishAccountEvent(bus, { kind: "keys_changed" });
      own = false;
    },
  });
  const unsubscribe = subscribeAccountEvents({ bus, log }, (event) => {
    // What this process itself has just made needs no second look.
    if (event.kind === "keys_changed" && !own) signer.recheck();
  });
  await signer.current(clock.now());
  const stop = new AbortController();
  const job = signer.run(stop.signal);
  return {
    signer,
    holder: folder.holder,
    async [Symbol.asyncDispose]() {
      unsubscribe();
      stop.abort();
      await job;
    },
  };
}
