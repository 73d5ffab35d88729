/**
 * Events of another server taken in a second, in and out of order, beside what the machine does at
 * best: native verification with many in flight, and batched inserts. Part of `federation`.
 */
import { sendTransaction } from "../../core/api/federation/send.ts";
import type { HeldEvent } from "../../core/event/event.ts";
import { writeCanonicalBytes } from "../../core/event/json_write.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import { limits } from "../../core/limits.ts";
import { tellFigure } from "../../scripts/lib/figure.ts";
import { freePort } from "../../scripts/lib/free_port.ts";
import { Guest } from "../federation/guest.ts";
import { deliver, type HostilePeer } from "../federation/hostile_peer.ts";
import { wire } from "../federation/shadow_room.ts";
import { serverName } from "../harness/events.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { Random } from "../state/random.ts";
import { verifyAndInsert } from "./ingest_bound.ts";

const NAME = "busy.test";
const SAID_EVERY_MS = 10;
const BATCH = limits.transaction.maxPdus;
/** Transactions of one server under way at once: what its lane takes. */
const IN_FLIGHT = 8;

let nextTransaction = 1;

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

/** A server in a process of its own takes in what `peer` has to tell. */
export async function measureIngest(peer: HostilePeer, count: number): Promise<void> {
  const port = freePort();
  await using server = await startProcessServer({
    OPENGUILD_NAME: NAME,
    OPENGUILD_PUBLIC_URL: `http://localhost:${port}`,
    OPENGUILD_FEDERATION_TEST_PEERS: peer.address,
    OPENGUILD_FEDERATION_REQUESTS_PER_MINUTE: "1000000",
  }, port);
  const owner = await server.register("ann");
  const guild = await owner.do("POST", "/guilds", { name: "Busy" });
  const general: ChannelId = guild.channels
    .find((each: { kind: string }) => each.kind === "text").id;
  const { code } = await owner.do("POST", "/invites", { guild_id: guild.id });
  const guest = await Guest.enter(peer, { url: server.url, name: serverName(NAME) }, code);
  const chain = async (name: string): Promise<HeldEvent[]> => {
    const events: HeldEvent[] = [];
    let prev: HeldEvent["id"][] = [];
    // As people talk: each a moment after the one before, none in the future.
    const from = Date.now() - count * SAID_EVERY_MS;
    for (let n = 0; n < count; n++) {
      const ts = from + n * SAID_EVERY_MS;
      const body = `${name} ${n}: ${"x".repeat(80)}`;
      const event = await guest.say(general, body, { prev, ts });
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
    const control = () => verifyAndInsert(server.databaseUrl, events, () => peer.key.entry);
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
