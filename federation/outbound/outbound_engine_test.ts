import assert from "node:assert/strict";
import type { ServerName } from "../../core/ids/server_name.ts";
import { accept, hang, outboundParts } from "../../tests/harness/outbound_parts.ts";
import { ManualClock } from "../../tests/harness/parts.ts";
import { waitFor } from "../../tests/harness/wait_for.ts";
import { TransportError } from "../ports.ts";
import { BLOCKED_LOOK_MS } from "./destination_queue.ts";
import { CATCH_UP_EVENTS_MAX } from "./destination_reader.ts";
import { CIRCUIT_OPENS_AFTER } from "./health.ts";
import { ALONE_REFUSED_MAX } from "./narrowing.ts";
import type { Destination } from "./ports.ts";
import { FAST_SLOTS, HAND_OVER_MS } from "./send_slots.ts";

const WELL = "well.test" as ServerName;
const SICK = "sick.test" as ServerName;

type Parts = ReturnType<typeof outboundParts>;

function say(parts: Parts, count: number, to: readonly string[] = [WELL], graph = "main") {
  const from = parts.outgoing.events.length;
  for (let n = from; n < from + count; n++) {
    parts.outgoing.events.push({ graph, text: `${n}`, for: to });
  }
}

function numbers(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, n) => `${from + n}`);
}

/** Lets time pass until something holds. */
function pass(clock: ManualClock, what: string, probe: () => boolean): Promise<boolean> {
  return waitFor(what, () => {
    if (probe()) return true;
    clock.advance(1_000);
    return false;
  });
}

Deno.test("everything arrives once, in order, by fifties, one transaction at a time", async () => {
  const parts = outboundParts([WELL]);
  say(parts, 120);
  await using engine = await parts.start();
  for (let n = 0; n < 40; n++) {
    say(parts, 1);
    engine.wake([WELL]);
    await Promise.resolve();
  }
  await waitFor("all", () => parts.peers.texts(WELL).length >= 160);
  assert.deepEqual(parts.peers.texts(WELL), numbers(160));
  assert.equal(parts.peers.mostAtOnce, 1);
  assert.ok(parts.peers.received.every(({ transaction }) => transaction.pdus.length <= 50));
  await waitFor("the mark", () => parts.store.rows.get(WELL)?.mark === parts.outgoing.tip());
  assert.equal(parts.meter.counts["pdus accepted"], 160);
});

Deno.test("what is paused waits and comes in order; others notice nothing; a restart keeps it", async () => {
  const parts = outboundParts([SICK, WELL]);
  {
    await using engine = await parts.start();
    say(parts, 3, [SICK, WELL]);
    engine.wake();
    await waitFor("all", () => parts.peers.texts(SICK).length === 3);
    engine.pause(SICK, 5);
    parts.store.rows.set(SICK, {
      ...parts.store.rows.get(SICK) as Destination,
      pausedSinceMs: 5,
    });
    say(parts, 2, [SICK, WELL]);
    engine.wake();
    engine.sendEdu(SICK, { type: "m.typing", content: {} });
    engine.heardFrom(SICK);
    await waitFor("the other", () => parts.peers.texts(WELL).length === 5);
    assert.equal(engine.find(SICK)?.edusWaiting, 0, "typing of then means nothing later");
  }
  await using engine = await parts.start();
  say(parts, 1, [SICK, WELL]);
  engine.wake();
  await waitFor("the other", () => parts.peers.texts(WELL).length === 6);
  assert.notEqual(engine.find(SICK)?.pausedSinceMs, undefined);
  assert.deepEqual(parts.peers.texts(SICK), numbers(3), "nothing was sent");
  engine.pause(SICK, undefined);
  await waitFor("what waited", () => parts.peers.texts(SICK).length === 6);
  assert.deepEqual(parts.peers.texts(SICK), numbers(6));
});

Deno.test("a pause that was set past this process holds when the lease is renewed", async () => {
  const clock = new ManualClock();
  const parts = outboundParts([WELL], clock);
  await using engine = await parts.start();
  await waitFor("rest", () => engine.find(WELL)?.idle === true);
  const row = parts.store.rows.get(WELL) as Destination;
  parts.store.rows.set(WELL, { ...row, pausedSinceMs: 5 });
  await pass(clock, "the pause", () => engine.find(WELL)?.pausedSinceMs === 5);
  say(parts, 1);
  engine.wake();
  parts.store.rows.set(WELL, row);
  await pass(clock, "what waited", () => parts.peers.texts(WELL).length === 1);
});

const SICKNESSES = {
  "hangs": hang,
  "answers 500": () => {
    throw new TransportError("server_error", "500", { status: 500 });
  },
  "answers garbage": () => {
    throw new TransportError("bad_answer", "no JSON");
  },
  "answers for fewer events": () => ({ results: [], received: [] }),
  "answers byte by byte until time is out": async (_: unknown, signal?: AbortSignal) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    signal?.throwIfAborted();
    throw new TransportError("timeout", "not the whole answer in time");
  },
} as const;

for (const [sickness, behavior] of Object.entries(SICKNESSES)) {
  Deno.test(`a peer that ${sickness} keeps nobody waiting (A31, G19)`, async () => {
    const parts = outboundParts([SICK, WELL]);
    const tried = Promise.withResolvers<void>();
    const wellDone = Promise.withResolvers<void>();
    parts.peers.behaviors.set(SICK, async (transaction, signal) => {
      tried.resolve();
      // Still under way when the healthy one has long ended.
      await Promise.race([
        wellDone.promise,
        new Promise((resolve) => signal?.addEventListener("abort", resolve)),
      ]);
      return await behavior(transaction, signal);
    });
    say(parts, 60, [SICK, WELL]);
    await using _engine = await parts.start();
    await tried.promise;
    await waitFor("the healthy peer", () => parts.peers.texts(WELL).length === 60);
    assert.equal(parts.peers.underWay.get(SICK), 1, "the sick one is still under way");
    assert.deepEqual(parts.peers.texts(WELL), numbers(60));
    wellDone.resolve();
    if (sickness === "hangs") return;
    await waitFor("the failure", () => {
      const health = parts.store.rows.get(SICK)?.health;
      return (health?.failures ?? 0) > 0 && health?.lastError !== undefined;
    });
    assert.equal(parts.store.rows.get(SICK)?.mark, "0", "nothing counts as delivered");
  });
}

Deno.test("more hanging peers than there are places give their places up", async () => {
  const clock = new ManualClock();
  const sick = Array.from({ length: FAST_SLOTS + 20 }, (_, n) => `sick${n}.test`);
  const parts = outboundParts([...sick, WELL], clock);
  for (const name of sick) parts.peers.behaviors.set(name, hang);
  say(parts, 1, [...sick, WELL]);
  await using _engine = await parts.start();
  await waitFor("all places to be taken", () => parts.peers.underWay.size === FAST_SLOTS);
  assert.deepEqual(parts.peers.texts(WELL), []);
  clock.advance(HAND_OVER_MS);
  await waitFor("the healthy peer", () => parts.peers.texts(WELL).length === 1);
  assert.equal(parts.peers.underWay.size, sick.length + 1);
});

Deno.test("what was said while a peer was away arrives afterwards, once and in order", async () => {
  const clock = new ManualClock();
  const parts = outboundParts([WELL], clock);
  let away = true;
  parts.peers.behaviors.set(WELL, (transaction) => {
    if (away) throw new TransportError("unreachable", "connection refused");
    return accept(transaction);
  });
  say(parts, 10);
  await using engine = await parts.start();
  await pass(clock, "the circuit to open", () => engine.isAway(WELL));
  assert.ok((parts.store.rows.get(WELL)?.health.failures ?? 0) >= CIRCUIT_OPENS_AFTER);
  say(parts, 200);
  engine.wake([WELL]);
  away = false;
  await pass(clock, "all", () => parts.peers.texts(WELL).length >= 210);
  assert.deepEqual(parts.peers.texts(WELL), numbers(210));
  assert.equal(engine.isAway(WELL), false);
});

Deno.test("a peer that speaks to us is tried at once, long before its pause ends", async () => {
  const clock = new ManualClock();
  const parts = outboundParts([WELL], clock);
  let tries = 0;
  parts.peers.behaviors.set(WELL, (transaction) => {
    tries++;
    if (tries <= 20) throw new TransportError("unreachable", "connection refused");
    return accept(transaction);
  });
  say(parts, 3);
  await using engine = await parts.start();
  await waitFor("twenty failures", () => {
    if (tries === 20) return true;
    clock.advance(3_600_000);
    return false;
  });
  await waitFor("the pause", () => engine.held()[0]?.health.failures === 20);
  clock.advance(10_000);
  engine.heardFrom(WELL);
  await waitFor("all", () => parts.peers.texts(WELL).length === 3);
});

Deno.test("a restart in the middle of a transaction loses nothing and keeps the order", async () => {
  const parts = outboundParts([WELL]);
  let taken = 0;
  const seen = new Set<string>();
  const arrived: string[] = [];
  parts.peers.behaviors.set(WELL, (transaction, signal) => {
    for (const pdu of transaction.pdus) {
      const { text } = pdu as { text: string };
      if (!seen.has(text)) arrived.push(text);
      seen.add(text);
    }
    // Taken in, but the answer is lost with the process that asked.
    return ++taken === 3 ? hang(transaction, signal) : accept(transaction);
  });
  say(parts, 500);
  {
    await using _engine = await parts.start();
    await waitFor("the third transaction", () => taken === 3);
  }
  await using _engine = await parts.start();
  await waitFor("all", () => seen.size === 500);
  assert.deepEqual(arrived, numbers(500));
  await waitFor("the mark", () => parts.store.rows.get(WELL)?.mark === parts.outgoing.tip());
  assert.equal(parts.peers.texts(WELL).length, 500, "what was answered was not sent again");
});

Deno.test("who is far behind gets the newest of each graph, then goes on in order", async () => {
  const parts = outboundParts([WELL]);
  say(parts, CATCH_UP_EVENTS_MAX - 1, [WELL], "main");
  say(parts, 1, [WELL], "control");
  for (let n = 0; n < 120; n++) say(parts, 1, [WELL], `channel ${n}`);
  const behind = parts.outgoing.events.length;
  await using engine = await parts.start();
  const heads = numbers(122, CATCH_UP_EVENTS_MAX - 2);
  await waitFor("the heads", () => parts.peers.texts(WELL).length >= heads.length);
  await waitFor("the mark", () => parts.store.rows.get(WELL)?.mark === String(behind));
  say(parts, 5);
  engine.wake([WELL]);
  await waitFor("the rest", () => parts.peers.texts(WELL).length >= heads.length + 5);
  assert.deepEqual(parts.peers.texts(WELL), [...heads, ...numbers(5, behind)]);
});

Deno.test("who comes into a room gets its ends first, page by page, and again after a crash in between", async () => {
  const parts = outboundParts([WELL]);
  say(parts, 2);
  const ends = Array.from({ length: 120 }, (_, n) => `end ${n}`);
  parts.outgoing.arrived.set(WELL, ends);
  {
    let transactions = 0;
    parts.peers.behaviors.set(
      WELL,
      (transaction, signal) => ++transactions < 3 ? accept(transaction) : hang(transaction, signal),
    );
    await using _engine = await parts.start();
    await waitFor("the third", () => transactions === 3);
    assert.deepEqual(parts.peers.texts(WELL), ends.slice(0, 100));
  }
  assert.equal(parts.store.rows.get(WELL)?.mark, "0");
  parts.peers.behaviors.delete(WELL);
  await using _engine = await parts.start();
  await waitFor("all", () => parts.peers.texts(WELL).length === 222);
  assert.deepEqual(parts.peers.texts(WELL).slice(100), [...ends, ...numbers(2)]);
});

Deno.test("an arrival that nobody was woken for is not passed by", async () => {
  const clock = new ManualClock();
  const parts = outboundParts([WELL], clock);
  say(parts, 1);
  await using _engine = await parts.start();
  await waitFor("the first", () => parts.store.rows.get(WELL)?.mark === parts.outgoing.tip());
  parts.outgoing.arrived.set(WELL, ["end"]);
  say(parts, 1, ["nobody"]);
  await pass(clock, "its end", () => parts.peers.texts(WELL).includes("end"));
  assert.deepEqual(parts.peers.texts(WELL), ["0", "end"]);
});

Deno.test("one event that a peer refuses holds up no other (A1)", async () => {
  const clock = new ManualClock();
  const parts = outboundParts([WELL], clock);
  let refusedAlone = 0;
  parts.peers.behaviors.set(WELL, (transaction) => {
    const bad = transaction.pdus.some((pdu) => (pdu as { text: string }).text === "77");
    if (!bad) return accept(transaction);
    if (transaction.pdus.length === 1) refusedAlone++;
    throw new TransportError("refused", "body not understood", { status: 400, code: "invalid" });
  });
  say(parts, 130);
  await using engine = await parts.start();
  engine.sendEdu(WELL, { type: "m.presence", content: {} });
  await pass(clock, "the others", () => parts.peers.texts(WELL).length >= 129);
  assert.deepEqual(parts.peers.texts(WELL), numbers(130).filter((text) => text !== "77"));
  assert.equal(refusedAlone, ALONE_REFUSED_MAX);
  assert.equal(parts.meter.counts["pdus given_up"], 1);
  assert.ok(parts.log.lines.some(({ fields }) => fields["event"] === "$77"));
});

Deno.test("events that the other rejects are counted and named, and not sent again (A21)", async () => {
  const parts = outboundParts([WELL]);
  parts.peers.behaviors.set(WELL, ({ pdus }) => ({
    results: pdus.map((_, n) =>
      n === 4 ? { outcome: "rejected", reason: "no right" } as const : { outcome: "accepted" }
    ),
    received: [],
  }));
  say(parts, 10);
  await using _engine = await parts.start();
  await waitFor("the mark", () => parts.store.rows.get(WELL)?.mark === "10");
  assert.deepEqual(parts.peers.texts(WELL), numbers(10));
  assert.equal(parts.meter.counts["pdus rejected"], 1);
  const [line] = parts.log.lines;
  assert.deepEqual(line?.fields["events"], [
    { event: "$4", outcome: "rejected", reason: "no right" },
  ]);
});

Deno.test("EDUs go at once and alone; to a server that is away they go nowhere", async () => {
  const clock = new ManualClock();
  const parts = outboundParts([WELL], clock);
  await using engine = await parts.start();
  engine.sendEdu(WELL, { type: "m.typing", content: { n: 1 } });
  engine.sendEdu(WELL, { type: "m.typing", content: { n: 1 } });
  const edus = () => parts.peers.received.flatMap(({ transaction }) => transaction.edus);
  await waitFor("both", () => edus().length === 2);
  const names = parts.peers.received.map(({ transaction }) => transaction.txn_id);
  assert.equal(new Set(names).size, names.length, "equal EDUs later are another transaction");
  parts.peers.behaviors.set(WELL, () => {
    throw new TransportError("unreachable", "connection refused");
  });
  say(parts, 1);
  engine.wake([WELL]);
  await pass(clock, "the circuit to open", () => engine.isAway(WELL));
  engine.sendEdu(WELL, { type: "m.typing", content: {} });
  assert.equal(engine.held()[0]?.edusWaiting, 0);
  assert.equal(parts.meter.counts["edus dropped"], 1);
});

Deno.test("a server that failed is found to be back also when nothing waits for it any more", async () => {
  const clock = new ManualClock();
  const parts = outboundParts([WELL], clock);
  let away = true;
  parts.peers.behaviors.set(WELL, (transaction) => {
    if (away) throw new TransportError("timeout", "no answer");
    return accept(transaction);
  });
  await using engine = await parts.start();
  engine.sendEdu(WELL, { type: "m.typing", content: {} });
  await pass(clock, "the circuit to open", () => engine.isAway(WELL));
  away = false;
  await pass(clock, "the return", () => engine.held()[0]?.health.failures === 0);
  assert.deepEqual(parts.peers.received[0]?.transaction.edus, []);
  await waitFor("rest", () => engine.held()[0]?.idle === true);
  assert.equal(engine.held()[0]?.behindSinceMs, undefined);
});

Deno.test("an EDU makes a destination of a server that shares no room", async () => {
  const parts = outboundParts([]);
  await using engine = await parts.start();
  engine.sendEdu(WELL, { type: "m.relationship", content: {} });
  await waitFor("it", () => parts.peers.received[0]?.transaction.edus.length === 1);
});

Deno.test("a blocked server gets nothing, and everything once it is no more", async () => {
  const clock = new ManualClock();
  const parts = outboundParts([SICK, WELL], clock);
  parts.blocked.add(SICK);
  say(parts, 3, [SICK, WELL]);
  await using _engine = await parts.start();
  await waitFor("the other", () => parts.peers.texts(WELL).length === 3);
  assert.deepEqual(parts.peers.texts(SICK), []);
  parts.blocked.clear();
  clock.advance(BLOCKED_LOOK_MS);
  await waitFor("it", () => parts.peers.texts(SICK).length === 3);
});

Deno.test("what another process holds is left to it, and it is told of EDUs", async () => {
  const parts = outboundParts([]);
  parts.store.claim = () => Promise.resolve(undefined);
  await using engine = await parts.start();
  engine.sendEdu(WELL, { type: "m.presence", content: {} });
  await waitFor("the relay", () => parts.relayed.length === 1);
  engine.sendEdu(WELL, { type: "m.presence", content: {} });
  engine.heardFrom(WELL);
  assert.deepEqual(parts.relayed, [WELL, WELL, WELL]);
  assert.deepEqual(parts.peers.received, []);
});

Deno.test("a destination that another process took over meanwhile is let go", async () => {
  const parts = outboundParts([WELL]);
  say(parts, 1);
  parts.store.save = () => Promise.resolve([WELL]);
  await using engine = await parts.start();
  await waitFor("the loss", () => engine.held().length === 0);
});

Deno.test("a database that is away stops nothing, and is told later", async () => {
  const clock = new ManualClock();
  const parts = outboundParts([WELL], clock);
  const { save } = parts.store;
  let broken = true;
  parts.store.save = (rows) =>
    broken ? Promise.reject(new Error("gone")) : save.call(parts.store, rows);
  say(parts, 120);
  await using _engine = await parts.start();
  await waitFor("all", () => parts.peers.texts(WELL).length === 120);
  broken = false;
  await pass(clock, "the mark", () => parts.store.rows.get(WELL)?.mark === "120");
  assert.deepEqual(parts.peers.texts(WELL), numbers(120));
});
