/**
 * Between servers: events taken in a second, in and out of order, beside what the machine does at
 * best (native verification with many in flight, batched inserts); from a send on one server to
 * its frame on another, alone and beside a hostile server at 1,000 events a second; the join of a
 * large guild. `deno run -A tests/bench/federation.ts [--tiny]`
 */
import type { HeldEvent } from "../../core/event/event.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { limits } from "../../core/limits.ts";
import { type BenchSize, type Figure, percentile, tellFigure } from "../../scripts/lib/figure.ts";
import { measureIngest } from "./ingest.ts";
import { readSize } from "./read_size.ts";
import { Guest } from "../federation/guest.ts";
import { HostilePeer } from "../federation/hostile_peer.ts";
import { wire } from "../federation/shadow_room.ts";
import { serverName } from "../harness/events.ts";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import { makeGuild, type Person } from "../harness/homeserver.ts";
import { waitFor } from "../harness/wait_for.ts";
import { verifyAndInsert } from "./ingest_bound.ts";
import { residentMb } from "./process_facts.ts";

const FULL = { events: 6000, messages: 200, floodS: 15, members: 10_000, history: 100_000 };
const TINY: typeof FULL = { events: 200, messages: 10, floodS: 2, members: 50, history: 200 };
const PAUSE_MS = 40;
const BATCH = limits.transaction.maxPdus;

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
  await measureIngest(fair, settings.events);
  await measureDelivery(bench, settings);
  await measureJoin(bench, settings);
}

if (import.meta.main) {
  await measureFederation(readSize(Deno.args));
  Deno.exit();
}
