import assert from "node:assert/strict";
import fc from "fast-check";
import type { Message } from "../../../core/api/message.ts";
import { FAILED_KEPT_MS, OUTBOX_MAX, type OutboxRecord, TRIED_MAX_MS } from "../store/outbox.ts";
import { Outbox, type OutboxPorts } from "./outbox.ts";
import { MemoryOutboxStore } from "./outbox_store.ts";

const ANN = "@ann:home.test";
const KEY = "!room/c1";

class Refusal extends Error {
  readonly retryAfterMs: number | undefined;

  constructor(reason: string, retryAfterMs?: number) {
    super(reason);
    this.retryAfterMs = retryAfterMs;
  }
}

/** It could not be sealed: nothing left this browser. */
class Unready extends Error {}

/** A server as the API is: the same nonce again is the same message. */
class Server {
  readonly said: string[] = [];
  readonly #nonces = new Set<string>();
  /** What becomes of the next sends, in order; afterwards all goes well. */
  fates: ("ok" | "lost" | "answerLost" | Refusal | Unready)[] = [];

  send(record: OutboxRecord): Promise<Message> {
    const fate = this.fates.shift() ?? "ok";
    if (fate instanceof Error) return Promise.reject(fate);
    if (fate !== "lost" && !this.#nonces.has(record.nonce)) {
      this.#nonces.add(record.nonce);
      this.said.push(record.body);
    }
    if (fate !== "ok") return Promise.reject(new TypeError("nothing answered"));
    return Promise.resolve({ id: `$${record.nonce}` } as Message);
  }
}

/** Locks of a browser: one holder at a time, the others in line. */
class Locks {
  readonly #held = new Map<string, Promise<void>>();

  async run(name: string, act: () => Promise<void>): Promise<void> {
    const before = this.#held.get(name) ?? Promise.resolve();
    const turn = before.then(act);
    this.#held.set(name, turn.catch(() => undefined));
    await turn;
  }
}

class World {
  readonly store = new MemoryOutboxStore();
  readonly locks = new Locks();
  readonly server = new Server();
  readonly timers: (() => void)[] = [];
  readonly tabs: Outbox[] = [];
  nowMs = 1_800_000_000_000;

  tab(): Outbox {
    const ports: OutboxPorts = {
      userId: ANN,
      store: Promise.resolve(this.store),
      lock: (name, act) => this.locks.run(name, act),
      send: (record) => this.server.send(record),
      explain: (error) =>
        error instanceof Refusal
          ? { reason: error.message, away: false, retryAfterMs: error.retryAfterMs }
          : {
            reason: String(error),
            away: true,
            unsent: error instanceof Unready,
            retryAfterMs: undefined,
          },
      expired: "too old",
      now: () => this.nowMs,
      after: (_ms, act) => this.timers.push(act),
      changed: () => undefined,
      sent: () => undefined,
      away: () => undefined,
      tell: (key) => {
        for (const tab of this.tabs) if (tab !== outbox) void tab.drain(key);
      },
    };
    const outbox = new Outbox(ports);
    this.tabs.push(outbox);
    return outbox;
  }

  record(outbox: Outbox, body: string, key = KEY): OutboxRecord {
    const split = key.lastIndexOf("/");
    return {
      nonce: crypto.randomUUID(),
      userId: ANN,
      key,
      roomId: key.slice(0, split),
      channelId: key.slice(split + 1),
      body,
      media: [],
      replyTo: null,
      ts: outbox.stamp(),
      triedTs: null,
      holdUntil: null,
      failed: null,
    };
  }

  /** Runs the timers, as if time passed, until nothing is left to do. */
  async settle(): Promise<void> {
    for (let i = 0; i < 200; i++) {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      const due = this.timers.splice(0);
      if (due.length === 0 && i > 5) return;
      this.nowMs += 60_000;
      for (const act of due) act();
    }
  }

  left(): Promise<readonly OutboxRecord[]> {
    return this.store.list(ANN);
  }
}

Deno.test("in order and once, whatever is lost on the way and however many tabs send", async () => {
  const fate = fc.constantFrom("ok" as const, "lost" as const, "answerLost" as const);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fate, { maxLength: 12 }),
      fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 12 }),
      async (fates, tabs) => {
        const world = new World();
        world.server.fates = [...fates];
        const outboxes = [world.tab(), world.tab(), world.tab()];
        const words = tabs.map((_, i) => `word ${i}`);
        for (const [i, tab] of tabs.entries()) {
          const outbox = outboxes[tab] ?? world.tab();
          world.nowMs += 1;
          assert.ok(await outbox.add(world.record(outbox, words[i] ?? "")));
        }
        await world.settle();
        assert.deepEqual(world.server.said, words);
        assert.deepEqual(await world.left(), []);
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("what an earlier visit left goes out at the start; another account's stays", async () => {
  const world = new World();
  const before = world.tab();
  const mine = world.record(before, "mine");
  await world.store.put({ ...mine, triedTs: world.nowMs });
  await world.store.put({ ...world.record(before, "hers"), userId: "@eve:home.test" });
  await world.tab().start();
  await world.settle();
  assert.deepEqual(world.server.said, ["mine"]);
  assert.equal((await world.store.list("@eve:home.test")).length, 1);
});

Deno.test("a refusal stays with its reason and does not hold up what comes after", async () => {
  const world = new World();
  const outbox = world.tab();
  world.server.fates = [new Refusal("You may not write here.")];
  const refused = world.record(outbox, "first");
  await outbox.add(refused);
  await outbox.add(world.record(outbox, "second"));
  await world.settle();
  assert.deepEqual(world.server.said, ["second"]);
  assert.deepEqual((await world.left()).map((record) => record.failed), [
    "You may not write here.",
  ]);
  await outbox.retry(refused);
  await world.settle();
  assert.deepEqual(world.server.said, ["second", "first"]);
});

Deno.test("a short wait that the server asks for is kept by itself, a long one is told", async () => {
  const world = new World();
  const outbox = world.tab();
  world.server.fates = [new Refusal("slow", 5000)];
  await outbox.add(world.record(outbox, "soon"));
  await outbox.add(world.record(outbox, "then"));
  await world.settle();
  assert.deepEqual(world.server.said, ["soon", "then"]);
  world.server.fates = [new Refusal("slow mode: one hour", 3_600_000)];
  await outbox.add(world.record(outbox, "late"));
  await world.settle();
  assert.deepEqual((await world.left()).map((record) => record.failed), ["slow mode: one hour"]);
});

Deno.test("what was tried so long ago that the server forgot its nonce asks its writer", async () => {
  const world = new World();
  const outbox = world.tab();
  const old = { ...world.record(outbox, "old"), triedTs: world.nowMs - TRIED_MAX_MS - 1 };
  await world.store.put(old);
  await world.store.put({ ...world.record(outbox, "never tried"), ts: old.ts + 1 });
  await outbox.start();
  await world.settle();
  assert.deepEqual(world.server.said, ["never tried"]);
  assert.deepEqual((await world.left()).map((record) => record.failed), ["too old"]);
  await outbox.retry(old);
  await world.settle();
  assert.deepEqual(world.server.said, ["never tried", "old"]);
});

Deno.test("what could not be sealed for days is sent by itself once it can be; what may have arrived asks", async () => {
  const after = async (fate: Unready | "lost") => {
    const world = new World();
    const outbox = world.tab();
    world.server.fates = Array(1000).fill(fate);
    await outbox.add(world.record(outbox, "patient"));
    await world.settle();
    assert.equal((await world.left()).length, 1, "it waits");
    world.nowMs += 2 * TRIED_MAX_MS;
    world.server.fates = [];
    await world.settle();
    return [world.server.said, (await world.left()).map(({ failed }) => failed)];
  };
  assert.deepEqual(await after(new Unready()), [["patient"], []]);
  assert.deepEqual(await after("lost"), [[], ["too old"]]);
});

Deno.test("a message thrown away while it waits is not sent", async () => {
  const world = new World();
  const outbox = world.tab();
  world.server.fates = ["lost"];
  const record = world.record(outbox, "better not");
  await outbox.add(record);
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  await outbox.discard(record);
  await world.settle();
  assert.deepEqual(world.server.said, []);
});

Deno.test("channels do not wait for each other", async () => {
  const world = new World();
  const outbox = world.tab();
  world.server.fates = ["lost"];
  await outbox.add(world.record(outbox, "stuck"));
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  await outbox.add(world.record(outbox, "free", "!room/c2"));
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  assert.deepEqual(world.server.said, ["free"]);
});

Deno.test("a full outbox takes nothing more; failures nobody came back to are forgotten", async () => {
  const world = new World();
  const outbox = world.tab();
  for (let i = 0; i < OUTBOX_MAX; i++) {
    await world.store.put({ ...world.record(outbox, `${i}`), failed: "no" });
  }
  assert.equal(await outbox.add(world.record(outbox, "one more")), false);
  world.nowMs += FAILED_KEPT_MS * 2;
  await outbox.start();
  assert.deepEqual(await world.left(), []);
});
