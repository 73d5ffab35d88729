import assert from "node:assert/strict";
import { silentLog } from "../../../server/system/log.ts";
import { systemClock } from "../../../server/system/clock.ts";
import { systemRng } from "../../../server/system/rng.ts";
import { openSfu } from "../../../voice/sfu/open_sfu.ts";
import { joinCall, type Talker } from "../../harness/call_page.ts";
import { launchTalker } from "../../harness/talker.ts";
import { tempFolder } from "../../harness/temp_folder.ts";
import { waitFor } from "../../harness/wait_for.ts";

/** Bins of the spectrum are 2.9 Hz wide. */
const NEAR_HZ = 15;

function hearsTone(talker: Talker, participant: string, hertz: number): Promise<true> {
  return waitFor(`${participant}'s tone of ${hertz} Hz`, async () => {
    const tone = await talker.hears(participant);
    return tone !== undefined && Math.abs(tone - hertz) < NEAR_HZ;
  });
}

Deno.test("browsers in a call hear each other's tones, until somebody is muted, deafened or gone", async (t) => {
  await using folder = await tempFolder();
  await using page = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response("<!doctype html>", { headers: { "content-type": "text/html" } }),
  );
  await using sfu = await openSfu({
    bind: [{ hostname: "127.0.0.1", port: 0 }],
    announce: ["127.0.0.1"],
    log: silentLog,
    clock: systemClock,
    rng: systemRng,
  });
  const url = `http://127.0.0.1:${page.addr.port}/`;
  await using browsers = new AsyncDisposableStack();
  const [low, high] = await Promise.all([440, 1320].map(async (hertz) => {
    const browser = await launchTalker(folder.path, hertz);
    browsers.defer(() => browser.close());
    return browser;
  }));
  assert.ok(low && high);
  const ann = await joinCall(sfu, low, "ann", { url });
  const spoken: boolean[] = [];
  ann.seat.onSpeaking((speaking) => spoken.push(speaking));
  const ben = await joinCall(sfu, high, "ben", { url });

  await t.step("each hears the other's tone", async () => {
    await hearsTone(ann, "ben", 1320);
    await hearsTone(ben, "ann", 440);
    assert.equal(ann.seat.state, "connected");
    await waitFor("ann to be seen speaking", () => spoken.at(-1) === true);
  });
  await t.step("who may not speak is not heard", async () => {
    ann.seat.set({ speak: false });
    assert.equal(spoken.at(-1), false);
    await waitFor("silence", async () => await ben.hears("ann") === undefined);
    ann.seat.set({ speak: true });
    await hearsTone(ben, "ann", 440);
  });
  assert.deepEqual([...ann.faults, ...ben.faults], []);
});
