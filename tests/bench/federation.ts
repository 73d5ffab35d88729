/**
 * Between servers: events taken in a second, in and out of order, beside what the machine does at
 * best (native verification with many in flight, batched inserts); from a send on one server to
 * its frame on another, alone and beside a hostile server at 1,000 events a second; the join of a
 * large guild. `deno run -A tests/bench/federation.ts [--tiny]`
 */
import { sendTransaction } from "../../core/api/federation/send.ts";
import type { HeldEvent } from "../../core/event/event.ts";
import { writeCanonicalBytes } from "../../core/event/json_write.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { limits } from "../../core/limits.ts";
import { type BenchSize, type Figure, percentile, tellFigure } from "../../scripts/lib/figure.ts";
import { readSize } from "./read_size.ts";
import { Guest } from "../federation/guest.ts";
import { deliver, HostilePeer } from "../federation/hostile_peer.ts";
import { wire } from "../federation/shadow_room.ts";
import { serverName } from "../harness/events.ts";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import { makeGuild, type Person } from "../harness/homeserver.ts";
import { waitFor } from "../harness/wait_for.ts";
import { Random } from "../state/random.ts";
import { verifyAndInsert } from "./ingest_bound.ts";
import { residentMb } from "./process_facts.ts";

const FULL = { events: 6000, messages: 200, floodS: 15, members: 10_000, history: 100_000 };
const TINY: typeof FULL = { events: 200, messages: 10, floodS: 2, members: 50, history: 200 };
const PAUSE_MS = 40;
const SAID_EVERY_MS = 10;
const BATCH = limits.transaction.maxPdus;
/** Transactions of one server under way at once: what its lane takes. */
const IN_FLIGHT = 8;

let nextTransaction = 1;

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

interface Bench {
  readonly one: FederatedServer;
  readonly two: FederatedServer;
  readonly owner: Person;
  readonly bea: Person;
  readonly roomId: RoomId;
  readonly general: ChannelId;
  readonly fair: HostilePeer;
  readonly evil: HostilePeer;
}

async function enter({ one, owner, roomId }: Bench, peer: HostilePeer): Promise<Guest> {
  const { code } = await owner.do("POST", "/invites", { guild_id: roomId });
  return await Guest.enter(peer, { url: one.url, name: serverName(one.name) }, code);
}

/** Sends all, fifty at a time, a few transactions at once. Events a second. */
async function push(guest: Guest, events: readonly HeldEvent[]): Promise<number> {
  const { peer, victim } = guest;
  // Written and signed beforehand: the door is measured, and not who knocks.
  const requests: Request[] = [];
  for (let at = 0; at < events.length; at += BATCH) {
    const body = writeCanonicalBytes({
      origin: peer.name,
      pdus: events.slice(at, at + BATCH).map(wire),
      edus: [],
    });
    const target = sendTransaction.path.replace(":txn_id", `bench${nextTransaction++}`);
    requests.push(await peer.sign(victim.url, victim.name, { target, body }));
  }
  const begun = performance.now();
  let next = 0;
  let accepted = 0;
  await Promise.all(Array.from({ length: IN_FLIGHT }, async () => {
    for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
      const answer = await deliver(request);
      if (answer.status !== 200) throw new Error(`A transaction was answered ${answer.status}.`);
      for (const { outcome } of answer.body.results) if (outcome === "accepted") accepted++;
    }
  }));
  if (accepted < events.length) throw new Error(`Only ${accepted} of ${events.length} counted.`);
  return events.length / ((performance.now() - begun) / 1000);
}

async function measureIngest(bench: Bench, count: number): Promise<void> {
  const guest = await enter(bench, bench.fair);
  const chain = async (name: string): Promise<HeldEvent[]> => {
    const events: HeldEvent[] = [];
    let prev: HeldEvent["id"][] = [];
    // As people talk: each a moment after the one before, none in the future.
    const from = Date.now() - count * SAID_EVERY_MS;
    for (let n = 0; n < count; n++) {
      const ts = from + n * SAID_EVERY_MS;
      const body = `${name} ${n}: ${"x".repeat(80)}`;
      const event = await guest.say(bench.general, body, { prev, ts });
      events.push(event);
      prev = [event.id];
    }
    return events;
  };
  const random = new Random(5);
  // Lets the compiler see the path, and the database's sessions begin, before anything counts.
  await push(guest, await chain("warm-up"));
  for (const order of ["in order", "out of order"] as const) {
    const events = await chain(order);
    const sent = order === "in order" ? events : random.shuffle(events);
    const control = () =>
      verifyAndInsert(bench.one.databaseUrl, events, () => bench.fair.key.entry);
    const before = await control();
    const value = await push(guest, sent);
    const after = await control();
    tellFigure({
      bench: "federation",
      name: `ingest, ${order}`,
      value,
      unit: "events/s",
      control: { name: "verify + insert/s", value: (before + after) / 2 },
      target: { of: "ratio", atLeast: 0.5 },
    });
  }
}

/** From the call on one server to the frame at a socket of another. */
async function delivery(bench: Bench, listener: Person, messages: number): Promise<number[]> {
  using socket = await listener.connect();
  const times: number[] = [];
  for (let n = 0; n < messages; n++) {
    const body = `timed ${crypto.randomUUID()}`;
    const begun = performance.now();
    const sending = bench.owner.do("POST", `/rooms/${bench.roomId}/send`, {
      channel_id: bench.general,
      body,
    });
    while (!socket.dispatches("message.create").some((message) => message.body === body)) {
      await sleep(1);
      if (performance.now() - begun > 30_000) throw new Error("A message did not arrive.");
    }
    times.push(performance.now() - begun);
    await sending;
    socket.frames.length = 0;
    await sleep(PAUSE_MS);
  }
  return times;
}

async function measureDelivery(bench: Bench, settings: typeof FULL): Promise<void> {
  const local = await delivery(bench, bench.owner, settings.messages);
  const remote = await delivery(bench, bench.bea, settings.messages);
  const tell = (name: string, times: readonly number[], atMost: number) =>
    tellFigure({
      bench: "federation",
      name,
      value: percentile(times, 0.5),
      unit: "ms",
      control: { name: "same server p50", value: percentile(local, 0.5) },
      target: { of: "value", atMost },
      more: { p99_ms: percentile(times, 0.99) },
    });
  tell("send to deliver across servers, p50", remote, 30);
  const guest = await enter(bench, bench.evil);
  let flooding = true;
  let hostile = 0;
  const flood = (async () => {
    const open = new Set<Promise<unknown>>();
    while (flooding) {
      const next = performance.now() + BATCH;
      const pdus = await Promise.all(Array.from({ length: BATCH }, (_, n) =>
        guest.make({
          type: "m.member.profile",
          stateKey: guest.user,
          content: { nickname: `flood ${n} ${Math.random()}` },
        })));
      hostile += pdus.length;
      const sending: Promise<unknown> = guest.transact({ pdus: pdus.map(wire) })
        .catch(() => undefined).finally(() => open.delete(sending));
      open.add(sending);
      while (open.size > 50) await Promise.race(open);
      await sleep(Math.max(0, next - performance.now()));
    }
    await Promise.all(open);
  })();
  const begun = performance.now();
  const times: number[] = [];
  while (performance.now() - begun < settings.floodS * 1000) {
    times.push(...await delivery(bench, bench.bea, 5));
  }
  const seconds = (performance.now() - begun) / 1000;
  flooding = false;
  await flood;
  tell(`the same beside ${Math.round(hostile / seconds)} hostile events/s, p50`, times, 200);
}

/** Members of the guild's own server, and a history. */
async function fill(bench: Bench, { members, history }: typeof FULL): Promise<HeldEvent[]> {
  const room = await bench.one.parts.chat?.rooms.open(bench.roomId);
  if (room === undefined) throw new Error("The bench's guild is not held.");
  const owner = bench.owner.id as UserId;
  const events: HeldEvent[] = [];
  for (let made = 0; made < members; made += 50) {
    const users = Array.from(
      { length: Math.min(50, members - made) },
      (_, n) => `@m${made + n}:one.test` as UserId,
    );
    const by = (user: UserId, sender: UserId, type: string, content: Record<string, string>) => ({
      type,
      sender,
      stateKey: user,
      content,
    });
    events.push(
      ...await room.changeControl(() => ({
        intents: users.flatMap((user) => [
          by(user, owner, "m.room.member", { membership: "invite" }),
          by(user, user, "m.room.member", { membership: "join" }),
          by(user, user, "m.member.profile", { nickname: "N" }),
        ]),
      })),
    );
  }
  for (let sent = 0; sent < history; sent += 500) {
    const some = Array.from({ length: Math.min(500, history - sent) }, (_, n) =>
      room.sendTimeline({
        type: "m.room.message",
        sender: owner,
        channelId: bench.general,
        content: { msgtype: "text", body: `history ${sent + n}` },
      }));
    await Promise.all(some);
  }
  return events;
}

async function measureJoin(bench: Bench, settings: typeof FULL): Promise<void> {
  const guild = await bench.owner.do("POST", "/guilds", { name: "Large" });
  const large: Bench = {
    ...bench,
    roomId: guild.id,
    general: guild.channels.find((each: { kind: string }) => each.kind === "text").id,
  };
  const events = await fill(large, settings);
  const document = await (await fetch(`${bench.one.url}/.well-known/openguild/keys`)).json();
  const bound = await verifyAndInsert(bench.one.databaseUrl, events, () => document.keys[0]);
  const { code } = await bench.owner.do("POST", "/invites", { guild_id: large.roomId });
  const before = await residentMb(Deno.pid);
  const begun = performance.now();
  await bench.bea.do("POST", "/join", { link: `${code}@${bench.one.name}` });
  const path = `/rooms/${large.roomId}/messages?channel_id=${large.general}&limit=50`;
  await waitFor("the first page", async () => {
    const answer = await bench.bea.try("GET", path);
    return answer.status === 200 && answer.body.messages.length > 0;
  }, 60_000);
  const firstMs = performance.now() - begun;
  await waitFor("the check to end", async () => {
    const { checking } = await bench.bea.do("GET", `/guilds/${large.roomId}`);
    return checking === null;
  }, 600_000);
  const seconds = (performance.now() - begun) / 1000;
  const figure = (name: string, rest: Pick<Figure, "value" | "unit" | "target" | "more">) =>
    tellFigure({ bench: "federation", name, ...rest } as Figure);
  figure(`join of ${settings.members} members: first page`, {
    value: firstMs,
    unit: "ms",
    target: { of: "value", atMost: 1000 },
  });
  figure(`join: ${events.length} control events verified`, {
    value: seconds,
    unit: "s",
    target: { of: "value", atMost: 10 },
    more: {
      verify_and_insert_s: events.length / bound,
      resident_mb_more: (await residentMb(Deno.pid)) - before,
    },
  });
}

export async function measureFederation(size: BenchSize): Promise<void> {
  const settings = size.tiny ? TINY : FULL;
  await using fair = HostilePeer.start("fair.test", 31);
  await using evil = HostilePeer.start("evil.test", 32);
  await using federation = await startServers(2, {
    extraPeers: [fair.address, evil.address],
  });
  const [one, two] = federation.servers as [FederatedServer, FederatedServer];
  const { owner, guildId, general } = await makeGuild(one, ["ann"]);
  const bea = await two.register("bea");
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  await bea.do("POST", "/join", { link: `${code}@one.test` });
  await waitFor("the guild to be checked", async () => {
    const { checking } = await bea.do("GET", `/guilds/${guildId}`);
    return checking === null;
  });
  const bench: Bench = {
    one,
    two,
    owner,
    bea,
    roomId: guildId as RoomId,
    general: general as ChannelId,
    fair,
    evil,
  };
  await measureIngest(bench, settings.events);
  await measureDelivery(bench, settings);
  await measureJoin(bench, settings);
}

if (import.meta.main) {
  await measureFederation(readSize(Deno.args));
  Deno.exit();
}
