import assert from "node:assert/strict";
import { VOICE_LIMITS } from "../../core/api/voice.ts";
import { VOICE } from "../harness/callers.ts";
import { makeGuild, startHomeserver } from "../harness/homeserver.ts";
import { answerTo } from "../harness/sdp_answer.ts";

const PRINT = Array.from({ length: 32 }, () => "AB").join(":");

Deno.test("trials of voice: each session has one of its own, and nobody is in a call by it", async () => {
  await using server = await startHomeserver({ settings: VOICE });
  const { owner: ada, members: [bob] } = await makeGuild(server, ["ada", "bob"]);
  assert.ok(bob);
  const begin = () => ada.do("POST", "/voice/trials");
  const answer = (who: typeof ada, trial: string, body: Record<string, unknown>) =>
    who.try("POST", `/voice/trials/${trial}/answer`, body);
  const first = await begin();
  assert.match(first.offer.sdp, /^a=candidate:\d+ 1 udp \d+ 127\.0\.0\.1 \d+ typ host/m);
  assert.deepEqual(first.offer.mids, []);
  const sdp = answerTo(first.offer.sdp, { fingerprint: PRINT });
  const { seq } = first.offer;

  assert.equal((await answer(bob, first.trial, { seq, sdp })).status, 404);
  const late = await answer(ada, first.trial, { seq: seq + 1, sdp });
  assert.deepEqual([late.status, late.body.error.details.seq], [409, seq]);
  const none = await answer(ada, first.trial, { seq, sdp: "v=1" });
  assert.deepEqual([none.status, none.body.error.details.field], [400, "sdp"]);
  assert.equal((await answer(ada, first.trial, { seq, sdp })).status, 200);

  // The next one ends it.
  const second = await begin();
  assert.notEqual(second.trial, first.trial);
  assert.equal((await answer(ada, first.trial, { seq, sdp })).status, 404);
  // It costs as much as joining, and is counted with it.
  let refused;
  for (let each = 0; each < 2 * VOICE_LIMITS.trials && refused?.status !== 429; each++) {
    refused = await ada.try("POST", "/voice/trials");
  }
  assert.equal(refused?.body.error.code, "rate_limited");
});

Deno.test("trials of voice: a server without voice says why there is nothing to try", async () => {
  await using server = await startHomeserver();
  const { owner } = await makeGuild(server, ["ada"]);
  const { status, body } = await owner.try("POST", "/voice/trials");
  assert.deepEqual([status, body.error.details.reason], [503, "off"]);
});
