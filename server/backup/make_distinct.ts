import { encodeBase58Of16 } from "../../core/ids/base58.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Rng } from "../../core/ports/rng.ts";
import { startNewKeyEpoch } from "../keys/key_epoch.ts";
import { INSTANCE_FACT, writeFact } from "../postgres/server_facts.ts";
import type { Tx } from "../postgres/sql.ts";
import { leaveBehind } from "../services/e2ee/after_restore.ts";

const INSTANCE_LENGTH = 16;

/** What a restored database must not share with the one that it was copied from. */
export async function makeDistinct(
  tx: Tx,
  deps: { readonly clock: Clock; readonly rng: Rng },
): Promise<void> {
  await startNewKeyEpoch(tx, { rng: deps.rng, nowMs: deps.clock.now() });
  const instance = encodeBase58Of16(deps.rng.bytes(16)).slice(0, INSTANCE_LENGTH);
  await writeFact(tx, INSTANCE_FACT, instance);
  await leaveBehind(tx);
}
