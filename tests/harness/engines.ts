import { systemClock } from "../../server/system/clock.ts";
import { openFastEngine } from "../../voice/fast/open_fast.ts";
import type { Engine } from "../../voice/sfu/engine.ts";
import { stockEngine } from "../../voice/sfu/stock_engine.ts";

/** Where the system's libraries cannot be had this rejects, and every test that asks for it fails. */
export const fastEngine: Engine = await openFastEngine(systemClock, { gatherMs: 4 });

/** The same test on Deno's own sockets and cipher, and on the system's. */
export function testOnEach(name: string, test: (engine: Engine) => Promise<void> | void): void {
  for (const engine of [stockEngine, fastEngine]) {
    Deno.test(`${name} (${engine.name})`, () => test(engine));
  }
}
