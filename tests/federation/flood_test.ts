/**
 * G21: one hostile server sends a thousand events a second of every costly kind, while honest
 * people talk. Bounds are asserted; times are told.
 */
import assert from "node:assert/strict";
import type { HeldEvent } from "../../core/event/event.ts";
import type { JsonValue } from "../../core/event/json.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import { eventIdFromHash } from "../../core/ids/event_id.ts";
import { limits } from "../../core/limits.ts";
import { residentMb } from "../bench/process_facts.ts";
import { casesOf } from "../harness/cases.ts";
import { serverName } from "../harness/events.ts";
import { freePort } from "../../scripts/lib/free_port.ts";
import { freshDatabase } from "../harness/postgres.ts";
import { startServerProcess } from "../harness/server_process.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { waitFor } from "../harness/wait_for.ts";
import { Guest } from "./guest.ts";
import { HostilePeer } from "./hostile_peer.ts";
import { forge, wire } from "./shadow_room.ts";

const SECONDS = casesOf("G21_SECONDS", 15);
const EVENTS_A_SECOND = 1000;
const BATCH = limits.transaction.maxPdus;
const RESIDENT_GROWTH_MB = 256;
const HONEST_PAUSE_MS = 150;

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const someId = () => eventIdFromHash(crypto.getRandomValues(new Uint8Array(32)));
const many = <Made>(make: (at: number) => Promise<Made>) =>
  Promise.all(Array.from({ length: BATCH }, (_, at) => make(at)));

/** Batches of events, each of another costly kind. */
function kindsOf(guest: Guest, channelId: ChannelId): (() => Promise<JsonValue[]>)[] {
  const profile = (nickname: string, rest: Parameters<Guest["make"]>[0] | object = {}) =>
    guest.make({
      type: "m.member.profile",
      stateKey: guest.user,
      content: { nickname },
      ...rest,
    });
  const begin = guest.room.heads();
  let last: HeldEvent | undefined;
  return [
    // A14, A15: forks of one event, each an end of the graph.
    async () =>
      (await many((at) => profile(`fork ${at} ${Math.random()}`, { prev: begin }))).map(wire),
    // A14: a chain of authority that grows with each event.
    async () => {
      const chain: HeldEvent[] = [];
      for (let at = 0; at < BATCH; at++) {
        const prev = last === undefined ? begin : [last.id];
        last = await profile(`chain ${at}`, { prev });
        guest.room.learn(last);
        chain.push(last);
      }
      return chain.map(wire);
    },
    // A2: parents that nobody holds.
    async () =>
      (await many((at) => profile(`orphan ${at}`, { prev: [someId()], auth: [someId()] }))).map(
        wire,
      ),
    async () =>
      (await many((at) =>
        guest.say(channelId, `gaps ${at}`, { prev: Array.from({ length: 20 }, someId).sort() })
      )).map(wire),
    // Ten thousand servers whose keys would have to be fetched.
    async () => {
      const { pdu } = await guest.say(channelId, "whose key is that");
      return await many((at) => {
        const name = `fake${Math.floor(Math.random() * 10_000)}.test`;
        const fields = { sender: `@m${at}:${name}`, origin_server: name };
        return forge(pdu, fields, { [name]: guest.peer.signer });
      });
    },
    async () => (await many((at) => guest.say(channelId, `noise ${at}`))).map(wire),
  ];
}

Deno.test("G21, A14 index blow-up: a hostile server at 1,000 events a second neither stops honest people nor fills memory or tables", async () => {
  await using peer = HostilePeer.start("evil.test", 21);
  await using fair = HostilePeer.start("fair.test", 22);
  await using database = await freshDatabase({ migrated: false });
  await using folder = await tempFolder();
  const port = freePort();
  const server = await startServerProcess({
    dataFolder: folder.path,
    port,
    databaseUrl: database.url,
    env: {
      OPENGUILD_NAME: "one.test",
      OPENGUILD_PUBLIC_URL: `http://127.0.0.1:${port}`,
      OPENGUILD_FEDERATION_TEST_PEERS: `${peer.address},${fair.address}`,
      OPENGUILD_FEDERATION_REQUESTS_PER_MINUTE: "1000000",
    },
  });
  await using _server = { [Symbol.asyncDispose]: async () => void await server.stop() };
  const url = `http://127.0.0.1:${port}`;
  // deno-lint-ignore no-explicit-any -- answers of several operations
  const call = async (path: string, body?: unknown, token?: string): Promise<any> => {
    const response = await fetch(`${url}/client/v1${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    assert(response.ok, `${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const { tokens } = await call("/register", {
    user_name: "owner",
    password: "a long enough passphrase, truly 42",
    token: server.setupCode,
  });
  const token = tokens.access_token;
  const guild = await call("/guilds", { name: "Flooded" }, token);
  const general = guild.channels.find((each: { kind: string }) => each.kind === "text").id;
  const link = async () => (await call("/invites", { guild_id: guild.id }, token)).code as string;
  const victim = { url, name: serverName("one.test") };
  const mallory = await Guest.enter(peer, victim, await link());
  const frank = await Guest.enter(fair, victim, await link(), "frank");
  const before = await residentMb(server.pid);

  const kinds = kindsOf(mallory, general);
  const until = performance.now() + SECONDS * 1000;
  const sent = { events: 0, refused: 0 };
  const flood = (async () => {
    const open = new Set<Promise<void>>();
    for (let at = 0; performance.now() < until; at++) {
      const next = performance.now() + (1000 * BATCH) / EVENTS_A_SECOND;
      const pdus = await (kinds[at % kinds.length] as () => Promise<JsonValue[]>)();
      sent.events += pdus.length;
      const sending: Promise<void> = mallory.transact({ pdus }).then(({ status }) => {
        if (status !== 200) sent.refused++;
      }, () => void sent.refused++).finally(() => open.delete(sending));
      open.add(sending);
      // A hostile server opens as many connections as it likes; this one stops at a hundred.
      while (open.size > 100) await Promise.race(open);
      await sleep(Math.max(0, next - performance.now()));
    }
    return { answers: Promise.all(open) };
  })();

  const said: string[] = [];
  const times: number[] = [];
  const talk = async () => {
    const local = `local ${said.length}`;
    const begun = performance.now();
    await call(`/rooms/${guild.id}/send`, { channel_id: general, body: local }, token);
    times.push(performance.now() - begun);
    const remote = `remote ${said.length}`;
    const start = performance.now();
    const message = await frank.say(general, remote);
    const [result] = await frank.push([message]);
    assert.equal(result?.outcome, "accepted", result?.reason);
    frank.room.learn(message);
    times.push(performance.now() - start);
    said.push(local, remote);
  };
  while (performance.now() < until) {
    await talk();
    await sleep(HONEST_PAUSE_MS);
  }

  const { sql } = database;
  const held = async () => {
    const rows = await sql<{ body: string }[]>`
      select (pdu::json -> 'content' ->> 'body') as body from events
      where room_id = ${guild.id} and channel_id = ${general} and outcome = 'accepted'
        and sender <> ${mallory.user}`;
    return new Set(rows.map(({ body }) => body));
  };
  const waitingEvents = async () => {
    const [row] = await sql<{ n: number }[]>`select count(*)::int as n from waiting_events`;
    return row?.n ?? 0;
  };
  // What was sent is still being judged. Its end says nothing new once the table is full.
  const most = limits.federation.maxWaitingPerOrigin;
  const { answers } = await flood;
  let judged = false;
  void answers.then(() => judged = true);
  await waitFor(
    "the table to be full",
    async () => judged || await waitingEvents() >= most,
    300_000,
  );
  await talk();
  await waitFor("every honest message to be held", async () => {
    const bodies = await held();
    return said.every((body) => bodies.has(body));
  });
  const waiting = await waitingEvents();
  assert(waiting <= 2 * most, `${waiting} wait`);
  const after = await residentMb(server.pid);
  assert(after - before <= RESIDENT_GROWTH_MB, `from ${before} to ${after} MB`);
  times.sort((a, b) => a - b);
  const at = (share: number) => Math.round(times[Math.floor(times.length * share)] ?? 0);
  console.log(
    `G21: ${sent.events} hostile events in ${SECONDS} s (${sent.refused} transactions refused), ` +
      `${said.length} honest messages, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ` +
      `resident ${Math.round(before)} to ${Math.round(after)} MB, ${waiting} events wait`,
  );
  await server.kill();
  await answers;
});
