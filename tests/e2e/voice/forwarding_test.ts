import assert from "node:assert/strict";
import { freePort } from "../../../scripts/lib/free_port.ts";
import { silentLog } from "../../../server/system/log.ts";
import { systemClock } from "../../../server/system/clock.ts";
import { systemRng } from "../../../server/system/rng.ts";
import { openSfu } from "../../../voice/sfu/open_sfu.ts";
import { joinCall, type Talker } from "../../harness/call_page.ts";
import { launchTalker } from "../../harness/talker.ts";
import { seededRandom } from "../../harness/seeded_random.ts";
import { tempFolder } from "../../harness/temp_folder.ts";
import { type Judge, LOSE, PASS, udpRelay } from "../../harness/udp_relay.ts";
import { waitFor } from "../../harness/wait_for.ts";

/** Bins of the spectrum are 2.9 Hz wide. */
const NEAR_HZ = 15;

function hearsTone(talker: Talker, participant: string, hertz: number): Promise<true> {
  return waitFor(`${participant}'s tone of ${hertz} Hz`, async () => {
    const tone = await talker.hears(participant);
    return tone !== undefined && Math.abs(tone - hertz) < NEAR_HZ;
  });
}

/** A twentieth is lost, as much comes twice, a tenth late. */
function badNetwork(): Judge {
  const random = seededRandom(7);
  return () => {
    const dice = random();
    if (dice < 0.05) return LOSE;
    if (dice < 0.1) return { now: 2, later: 0 };
    return dice < 0.2 ? { now: 0, later: 1 } : PASS;
  };
}

/** Silence and then the tone again: what is heard is no rest of before. */
async function isHeardAnew(talker: Talker, from: Talker, name: string, hertz: number) {
  from.seat.set({ speak: false });
  await waitFor(`no sound of ${name}`, async () => await talker.hears(name) === undefined);
  from.seat.set({ speak: true });
  await hearsTone(talker, name, hertz);
}

Deno.test("browsers in a call hear each other's tones, over a bad network and from new addresses", async (t) => {
  await using folder = await tempFolder();
  await using page = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response("<!doctype html>", { headers: { "content-type": "text/html" } }),
  );
  await using sfu = await openSfu({
    // Of UDP and of TCP: one that the system chose for UDP may be taken for TCP.
    bind: [{ hostname: "127.0.0.1", port: freePort() }],
    announce: ["127.0.0.1"],
    tcp: true,
    log: silentLog,
    clock: systemClock,
    rng: systemRng,
  });
  await using relay = await udpRelay(sfu.port, badNetwork());
  const url = `http://127.0.0.1:${page.addr.port}/`;
  await using browsers = new AsyncDisposableStack();
  const [low, high] = await Promise.all([440, 1320].map(async (hertz) => {
    const browser = await launchTalker(folder.path, hertz);
    browsers.defer(() => browser.close());
    return browser;
  }));
  assert.ok(low && high);
  const change = (sdp: string) => sdp.replaceAll(` ${sfu.port} typ`, ` ${relay.port} typ`);
  const ann = await joinCall(sfu, low, "ann", { url, change });
  const spoken: boolean[] = [];
  ann.seat.onSpeaking((speaking) => spoken.push(speaking));
  const ben = await joinCall(sfu, high, "ben", { url });

  await t.step("each hears the other's tone", async () => {
    await hearsTone(ann, "ben", 1320);
    await hearsTone(ben, "ann", 440);
    await waitFor("ann to be connected", () => ann.seat.state === "connected");
    await waitFor("ann to be seen speaking", () => spoken.at(-1) === true);
  });
  await t.step("who may not speak is not heard, who may not hear hears nothing", async () => {
    await isHeardAnew(ben, ann, "ann", 440);
    assert.ok(spoken.includes(false));
    ben.seat.set({ hear: false });
    await waitFor("silence", async () => await ben.hears("ann") === undefined);
    ben.seat.set({ hear: true });
    await hearsTone(ben, "ann", 440);
  });
  await t.step("a browser that comes from another address is followed", async () => {
    await relay.rebind();
    await isHeardAnew(ann, ben, "ben", 1320);
    await isHeardAnew(ben, ann, "ann", 440);
  });
  await t.step("ICE begins anew without an end of the call", async () => {
    const { seq } = ann.seat.offer;
    ann.seat.restart();
    await waitFor("an answer to the next offer", () => ann.answered > seq);
    await relay.rebind();
    await isHeardAnew(ann, ben, "ben", 1320);
    await waitFor("ann to be connected", () => ann.seat.state === "connected");
  });
  await t.step("who comes over TCP is heard, in the part of somebody who has left", async () => {
    const { seq } = ann.seat.offer;
    ben.seat.leave();
    await waitFor("an answer to an offer without ben", () => ann.answered > seq);
    assert.deepEqual(ann.seat.offer.mids, []);
    const withoutUdp = (sdp: string) => sdp.replaceAll(/^a=candidate:\d+ 1 udp .*\r\n/gm, "");
    const eve = await joinCall(sfu, high, "eve", { url, change: withoutUdp });
    await hearsTone(ann, "eve", 1320);
    await hearsTone(eve, "ann", 440);
    assert.deepEqual(ann.seat.offer.mids, [{ mid: "1", participant: "eve", track: "voice" }]);
    assert.deepEqual([ann, ben, eve].flatMap((talker) => talker.faults), []);
  });
});
