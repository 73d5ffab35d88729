import assert from "node:assert/strict";
import { startGateway } from "../../../tests/harness/gateway_server.ts";
import { userId } from "../../../tests/harness/memory_source.ts";
import { systemClock } from "../../system/clock.ts";
import { eventsRoute } from "./events.ts";
import { syncRoute } from "./sync.ts";

const bearer = { authorization: "Bearer ada" };

async function start(bufferBytes = 4 << 20) {
  let cuts = 0;
  const server = await startGateway({
    routes: ({ source, hub, presences, voice }) => {
      const deps = {
        source,
        hub,
        presences,
        voice,
        clock: systemClock,
        replayCount: 1000,
        socketsPerUser: 3,
        bufferBytes,
        keepAliveMs: 50,
        meter: { slowReaderCut: () => cuts++ },
      };
      return [syncRoute(deps), eventsRoute(deps)];
    },
  });
  server.source.join("ada");
  return { server, cutCount: () => cuts, url: `http://127.0.0.1:${server.port}/client/v1` };
}

function bodies(dispatches: { t: string; d: { body: string } }[]): string[] {
  return dispatches.filter(({ t }) => t === "message.create").map(({ d }) => d.body);
}

/** Reads events until `enough`; answers [name, id, data] of each. */
async function readEvents(
  response: Response,
  enough: (events: { name: string; id: string | undefined; data: string }[]) => boolean,
) {
  const events: { name: string; id: string | undefined; data: string }[] = [];
  let text = "";
  assert.ok(response.body !== null);
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    text += part;
    for (;;) {
      const end = text.indexOf("\n\n");
      if (end < 0) break;
      const fields = new Map(
        text.slice(0, end).split("\n").map((line) => {
          const at = line.indexOf(": ");
          return [line.slice(0, at), line.slice(at + 2)] as const;
        }),
      );
      text = text.slice(end + 2);
      const name = fields.get("event");
      if (name === undefined) continue;
      events.push({ name, id: fields.get("id"), data: fields.get("data") ?? "" });
    }
    if (enough(events)) return events;
  }
  return events;
}

Deno.test("a chain of polls hears everything once, whether it waits or comes late", async () => {
  const { server, url } = await start();
  await using _ = server;
  const poll = async (query: string) => {
    const response = await fetch(`${url}/sync?${query}`, { headers: bearer });
    assert.equal(response.status, 200);
    return await response.json();
  };
  const first = await poll("");
  assert.equal(first.snapshot.self.user.id, userId("ada"));
  let { position } = first;
  const got: string[] = [];
  for (let round = 0; round < 6; round++) {
    if (round % 2 === 0) server.source.say(`a${round}`, `b${round}`);
    const waiting = poll(`since=${position}`);
    if (round % 2 === 1) {
      while (server.hub.sessionCount === 0) await systemClock.sleep(1);
      server.source.say(`a${round}`, `b${round}`);
    }
    const answer = await waiting;
    position = answer.position;
    got.push(...bodies(answer.dispatches));
    assert.equal(server.hub.sessionCount, 0);
  }
  const rest = await poll(`since=${position}&timeout_ms=0`);
  got.push(...bodies(rest.dispatches));
  assert.deepEqual(got, [0, 1, 2, 3, 4, 5].flatMap((round) => [`a${round}`, `b${round}`]));
  const nothing = await poll(`since=${rest.position}&timeout_ms=20`);
  assert.deepEqual(nothing, { position: rest.position, dispatches: [] });
  assert.match((await poll("since=bogus")).reset, /unknown/);
});

Deno.test("a poll whose caller goes away leaves nothing behind", async () => {
  const { server, url } = await start();
  await using _ = server;
  const gone = new AbortController();
  const poll = fetch(`${url}/sync?since=p0`, { headers: bearer, signal: gone.signal });
  while (server.hub.sessionCount === 0) await systemClock.sleep(1);
  gone.abort();
  await assert.rejects(poll);
  while (server.hub.sessionCount > 0) await systemClock.sleep(1);
});

Deno.test("an event stream begins with a snapshot and resumes by Last-Event-ID", async () => {
  const { server, url } = await start();
  await using _ = server;
  const stream = await fetch(`${url}/events`, { headers: bearer });
  assert.equal(stream.headers.get("content-type"), "text/event-stream");
  server.source.say("one", "two");
  const first = await readEvents(stream, (events) => events.length >= 3);
  assert.equal(first[0]?.name, "ready");
  const last = first.at(-1);
  assert.equal(JSON.parse(last?.data ?? "").d.body, "two");
  while (server.hub.sessionCount > 0) await systemClock.sleep(1);
  server.source.say("three");
  const again = await fetch(`${url}/events`, {
    headers: { ...bearer, "last-event-id": last?.id ?? "" },
  });
  const resumed = await readEvents(again, (events) => events.length >= 2);
  assert.deepEqual(resumed.slice(0, 2).map(({ name }) => name), ["message.create", "resumed"]);
  assert.equal(JSON.parse(resumed[0]?.data ?? "").d.body, "three");
  const lost = await fetch(`${url}/events?position=bogus`, { headers: bearer });
  const reset = await readEvents(lost, (events) => events.length >= 2);
  assert.deepEqual(reset.slice(0, 2).map(({ name }) => name), ["reset", "ready"]);
});

Deno.test("an event stream ends with the token that opened it", async () => {
  const { server, url } = await start();
  await using _ = server;
  const headers = { authorization: "Bearer ada.ended" };
  assert.match(await (await fetch(`${url}/events`, { headers })).text(), /event: ready/);
  assert.equal(server.hub.sessionCount, 0);
});

Deno.test("a stream that nobody reads is cut at the bound", async () => {
  const { server, url, cutCount } = await start(100_000);
  await using _ = server;
  const stream = await fetch(`${url}/events`, { headers: bearer });
  const filler = "x".repeat(30_000);
  for (let i = 0; cutCount() === 0; i++) {
    assert.ok(i < 5000, "the stream was not cut");
    server.source.say(`${i} ${filler}`);
    await systemClock.sleep(0);
  }
  assert.equal(server.hub.sessionCount, 0);
  await stream.body?.cancel();
});

Deno.test("live connections of one account are bounded", async () => {
  const { server, url } = await start();
  await using _ = server;
  const open = await Promise.all(
    [1, 2, 3].map(() => fetch(`${url}/events`, { headers: bearer })),
  );
  const refused = await fetch(`${url}/sync?since=p0`, { headers: bearer });
  assert.equal(refused.status, 422);
  assert.equal((await refused.json()).error.code, "limit_reached");
  for (const stream of open) await stream.body?.cancel();
});

Deno.test("live connections that come at once are bounded as those that come one by one", async () => {
  const { server, url } = await start();
  await using _ = server;
  const ways = ["/events", "/sync?since=p0&timeout_ms=300"];
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, n) => fetch(`${url}${ways[n % 2]}`, { headers: bearer })),
  );
  const codes = answers.map(({ status }) => status).sort();
  assert.deepEqual(codes, [...Array(3).fill(200), ...Array(9).fill(422)]);
  for (const answer of answers) await answer.body?.cancel();
});
