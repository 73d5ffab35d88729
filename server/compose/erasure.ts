import { eraseHandler } from "../../federation/handle/erase.ts";
import { askErasure } from "../../federation/perform/erase.ts";
import type { FederationHandler, ServerSigner } from "../../federation/ports.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { StoredEraser } from "../federation/eraser.ts";
import type { Rooms } from "../rooms/rooms.ts";
import { ErasureJobs } from "../services/erasure/erasure_jobs.ts";
import type { FederationParts } from "./federation.ts";
import type { StoreParts, SystemParts } from "./store.ts";

export interface ErasureParts {
  readonly handler: FederationHandler;
  /** An order was written down. */
  readonly wake: () => void;
  /** A request of another server was answered: it lives. */
  readonly heardFrom: (server: ServerName) => void;
}

/** What people have taken away: here, elsewhere for ours, and here for those of others. */
export async function composeErasure(
  system: SystemParts,
  input: {
    readonly store: StoreParts;
    readonly rooms: Rooms;
    readonly serverName: ServerName;
    readonly federation: FederationParts;
    readonly signer: ServerSigner;
    readonly stack: AsyncDisposableStack;
  },
): Promise<ErasureParts> {
  const { store, rooms, serverName, federation, signer, stack } = input;
  const { sql } = store.database;
  const log = system.log.child({ part: "erasure" });
  const { keyRing: keys, verifier, transport, policy } = federation;
  const deps = { ...system, log, sql, rooms };
  const eraser = stack.use(await StoredEraser.open({ ...deps, self: serverName }));
  stack.defer(store.feed.subscribe((batch) => eraser.take(batch)));
  const asking = { transport, signer, keys, verifier, clock: system.clock };
  const jobs = stack.use(
    new ErasureJobs({
      ...deps,
      serverName,
      policy,
      ask: (server, order) => askErasure(asking, server, order),
    }),
  );
  const handler = eraseHandler({ eraser, keys, verifier, signer, clock: system.clock });
  return {
    handler,
    wake: () => jobs.wake(),
    heardFrom: (server) => jobs.heardFrom(server),
  };
}
