import assert from "node:assert/strict";
import type { Log } from "../../core/ports/log.ts";
import { systemClock } from "../../server/system/clock.ts";
import { stockEngine } from "../sfu/stock_engine.ts";
import { chooseEngine } from "./open_fast.ts";

function listeningLog() {
  const said: string[] = [];
  const log: Log = {
    log: (level, message, fields) => said.push(`${level}: ${message} ${fields?.["error"]}`),
    child: () => log,
  };
  return { log, said };
}

Deno.test("nothing of the system is asked for where it is not wanted", {
  permissions: { ffi: false },
}, async () => {
  const { log, said } = listeningLog();
  assert.equal(
    await chooseEngine({ fastPath: false, gatherMs: 0 }, { clock: systemClock, log }),
    stockEngine,
  );
  assert.deepEqual(said, []);
});

Deno.test("without the permission calls run on Deno's own, and the log says why", {
  permissions: { ffi: false },
}, async () => {
  const { log, said } = listeningLog();
  assert.equal(
    await chooseEngine({ fastPath: true, gatherMs: 0 }, { clock: systemClock, log }),
    stockEngine,
  );
  assert.match(said.join(), /^warn: Voice runs without its fast path.*without --allow-ffi$/);
});
