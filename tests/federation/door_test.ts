import assert from "node:assert/strict";
import { limits } from "../../core/limits.ts";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import { makeGuild } from "../harness/homeserver.ts";
import { RawPeer, type RawRequest } from "../harness/raw_peer.ts";

const KEYS = { target: "/_federation/keys", body: { names: [] } };

/** A server, and another by hand that it speaks with. */
async function meet(settings: Readonly<Record<string, string>> = {}) {
  const stack = new AsyncDisposableStack();
  const peer = stack.use(new RawPeer("raw.test"));
  const federation = stack.use(
    await startServers(1, {
      settings: { "federation.test_peers": peer.setting, ...settings },
    }),
  );
  const [one] = federation.servers as [FederatedServer];
  return { peer, one, federation, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test("G14: a request counts once: its copy is refused, also after a restart", async () => {
  await using met = await meet();
  const { peer, one, federation } = met;
  const request = await peer.sign(one, KEYS);
  const first = await peer.send(one, request);
  assert.deepEqual([first.status, first.text], [
    200,
    '{"keys":[],"words":[],"checking":false}',
  ]);
  const again = await peer.send(one, request);
  assert.deepEqual([again.status, again.code], [401, "unauthorized"]);
  assert.match(again.text, /seen before/);
  await federation.stop(0);
  const restarted = await federation.start(0);
  assert.equal((await peer.send(restarted, request)).status, 401);
  assert.equal((await peer.send(restarted, await peer.sign(one, KEYS))).status, 200);
});

Deno.test("G14: at the door nothing passes that was signed for another place, time, server or body", async () => {
  await using met = await meet();
  const { peer, one } = met;
  const statusOf = async (request: RawRequest) => (await peer.send(one, request)).status;
  // Its key is fetched with the first request: what follows is judged when it is signed.
  assert.equal(await statusOf(await peer.sign(one, KEYS)), 200);
  const signedAt = (shiftMs: number) => peer.sign(one, { ...KEYS, nowMs: Date.now() + shiftMs });
  assert.equal(await statusOf(await signedAt(-50_000)), 200);
  assert.equal(await statusOf(await signedAt(50_000)), 200);
  const good = await peer.sign(one, KEYS);
  const encoder = new TextEncoder();
  const wrong: Record<string, RawRequest> = {
    late: await signedAt(70_000),
    early: await signedAt(-70_000),
    "another server": await peer.sign({ ...one, name: "two.test" }, KEYS),
    "another authority": await peer.sign(one, { ...KEYS, authority: "one.test" }),
    "another path": { ...good, target: "/_federation/events" },
    "a query": { ...good, target: `${good.target}?x=1` },
    "another body": { ...good, body: encoder.encode('{"names":[] }') },
    // Compared with its digest before it is parsed.
    "no JSON": { ...good, body: encoder.encode("{") },
    "no signature": { ...good, headers: {} },
    "another origin": {
      ...good,
      headers: {
        ...good.headers,
        "signature-input": (good.headers["signature-input"] as string).replace(
          "raw.test",
          "one.test",
        ),
      },
    },
  };
  for (const [what, request] of Object.entries(wrong)) {
    const answer = await peer.send(one, request);
    const expected = what === "another origin" ? [403, "forbidden"] : [401, "unauthorized"];
    assert.deepEqual([answer.status, answer.code], expected, what);
  }
  // Nothing of that spent the nonce of the honest one.
  assert.equal(await statusOf(good), 200);
});

Deno.test("bodies: one shape for every refusal, og-jcs alone, bounded", async () => {
  await using met = await meet();
  const { peer, one } = met;
  const encoder = new TextEncoder();
  const answerTo = async (body: unknown) =>
    await peer.send(one, await peer.sign(one, { target: KEYS.target, body }));
  for (
    const [body, status, code] of [
      [encoder.encode("{"), 400, "bad_json"],
      [encoder.encode('{"names":[],"names":[]}'), 400, "bad_json"],
      [encoder.encode('{"names":[],"x":1.5}'), 400, "bad_json"],
      [encoder.encode('{"names":[],"x":"\\ud800"}'), 400, "bad_json"],
      [encoder.encode("[]"), 400, "bad_json"],
      [new Uint8Array([0xff]), 400, "bad_json"],
      [encoder.encode(`{"x":${"[".repeat(30)}${"]".repeat(30)}}`), 400, "bad_json"],
      [{}, 400, "invalid"],
      [{ names: "all" }, 400, "invalid"],
      [
        { names: Array.from({ length: 101 }, () => ({ server: "a.test", key_id: "x" })) },
        400,
        "invalid",
      ],
      [new Uint8Array(limits.transaction.maxBytes + 1).fill(0x20), 413, "too_large"],
    ] as const
  ) {
    const answer = await answerTo(body);
    assert.deepEqual([answer.status, answer.code], [status, code], answer.text);
    assert.deepEqual(Object.keys(JSON.parse(answer.text)), ["error"]);
    assert.deepEqual(Object.keys(JSON.parse(answer.text).error), ["code", "message"]);
  }
  const packed = await peer.sign(one, KEYS);
  const answer = await peer.send(one, {
    ...packed,
    headers: { ...packed.headers, "content-encoding": "gzip" },
  });
  assert.equal(answer.code, "unsupported_media");
});

Deno.test("what is not there and what is not for the asker: the same bytes", async () => {
  await using met = await meet();
  const { peer, one } = met;
  const { guildId } = await makeGuild(one, ["owner"]);
  const ask = async (room: string) => {
    const target = `/_federation/heads?room_id=${encodeURIComponent(room)}`;
    return await peer.send(one, await peer.sign(one, { method: "GET", target }));
  };
  const hidden = await ask(guildId);
  const absent = await ask(`${guildId.slice(0, -1)}${guildId.endsWith("z") ? "y" : "z"}`);
  const unlike = await ask("!nonsense");
  assert.equal(hidden.status, 404);
  for (const other of [absent, unlike]) {
    assert.deepEqual([other.status, other.text], [hidden.status, hidden.text]);
    assert.deepEqual([...other.headers.keys()].sort(), [...hidden.headers.keys()].sort());
  }
});

Deno.test("a server that asks too much is told when to come back; nobody else pays for it", async () => {
  await using other = new RawPeer("other.test");
  await using peer = new RawPeer("raw.test");
  await using federation = await startServers(1, {
    settings: {
      "federation.test_peers": `${peer.setting},${other.setting}`,
      // Of strangers a tenth.
      "federation.requests_per_minute": "200",
    },
  });
  const [one] = federation.servers as [FederatedServer];
  // Whoever writes another's name on a request that it did not sign spends nothing of that one's.
  const forged = await peer.sign(one, KEYS);
  const input = (forged.headers["signature-input"] as string).replace("raw.test", "other.test");
  for (let run = 0; run < 30; run++) {
    const answer = await peer.send(one, {
      ...forged,
      headers: { ...forged.headers, "signature-input": input },
    });
    assert.equal(answer.status, 401);
  }
  const statuses: number[] = [];
  let wait: string | null = null;
  for (let run = 0; run < 30; run++) {
    const answer = await peer.send(one, await peer.sign(one, KEYS));
    statuses.push(answer.status);
    if (answer.status === 429) wait = answer.headers.get("retry-after");
  }
  assert.ok(statuses.slice(0, 20).every((status) => status === 200), String(statuses));
  assert.ok(statuses.includes(429));
  assert.ok(Number(wait) >= 1);
  for (let run = 0; run < 20; run++) {
    assert.equal((await other.send(one, await other.sign(one, KEYS))).status, 200);
  }
});
