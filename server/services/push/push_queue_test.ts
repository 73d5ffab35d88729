import assert from "node:assert/strict";
import type { UserId } from "../../../core/ids/user_id.ts";
import { openTestDatabase } from "../../../tests/harness/database.ts";
import { seededRng } from "../../../tests/harness/seeded_rng.ts";
import { waitFor } from "../../../tests/harness/wait_for.ts";
import { systemClock } from "../../system/clock.ts";
import { silentLog } from "../../system/log.ts";
import { PUSH_QUEUE, PushQueue } from "./push_queue.ts";
import type { PushTarget } from "./push_rows.ts";
import type { PushOutcome } from "./push_sender.ts";

const device = (sessionId: string): PushTarget => ({
  sessionId,
  userId: "@bob:one.test" as UserId,
  endpoint: `https://push.example.org/${sessionId}`,
  p256dh: "",
  auth: "",
});

Deno.test("what waits for a device is bounded, in order, one request at a time; others go on", async () => {
  await using database = await openTestDatabase("postgres");
  const sent: string[] = [];
  const held = Promise.withResolvers<void>();
  let atOnce = 0;
  let most = 0;
  const send = async (target: PushTarget, payload: string): Promise<PushOutcome> => {
    sent.push(`${target.sessionId} ${JSON.parse(payload).event_id}`);
    if (target.sessionId !== "slow") return { kind: "refused", reason: "not wanted" };
    most = Math.max(most, ++atOnce);
    await held.promise;
    atOnce--;
    return { kind: "refused", reason: "not wanted" };
  };
  await using queue = new PushQueue({
    sql: database.sql,
    clock: systemClock,
    rng: seededRng(1),
    log: silentLog,
    send,
  });
  const add = (to: string, n: number) =>
    queue.add(device(to), { v: 1, kind: "message", room_id: "!room", event_id: String(n) });
  const all = PUSH_QUEUE.perDevice + 5;
  for (let n = 0; n < all; n++) add("slow", n);
  add("other", 0);
  add("ended", 0);
  await waitFor("the other device to be told", () => sent.includes("other 0") || undefined);
  assert.equal(queue.size, PUSH_QUEUE.perDevice + 1, "the oldest that waited are gone");
  add("slow", all);
  queue.forget(({ sessionId }) => sessionId === "nobody");
  held.resolve();
  await waitFor("all to be sent", () => queue.size === 0 || undefined);
  const newest = Array.from({ length: PUSH_QUEUE.perDevice }, (_, at) => `slow ${at + 6}`);
  assert.deepEqual(sent.filter((each) => each.startsWith("slow")), ["slow 0", ...newest]);
  assert.equal(most, 1);
});

Deno.test("a device that ended is not told of what still waits", async () => {
  await using database = await openTestDatabase("postgres");
  const sent: string[] = [];
  const held = Promise.withResolvers<void>();
  await using queue = new PushQueue({
    sql: database.sql,
    clock: systemClock,
    rng: seededRng(2),
    log: silentLog,
    send: async (_, payload) => {
      sent.push(payload);
      await held.promise;
      return { kind: "refused", reason: "not wanted" };
    },
  });
  for (let n = 0; n < 3; n++) queue.add(device("gone"), { v: 1, kind: "trial" });
  queue.forget(({ sessionId }) => sessionId === "gone");
  held.resolve();
  await waitFor("nothing to wait", () => queue.size === 0 || undefined);
  assert.equal(sent.length, 1, "only what was on its way already");
});

Deno.test("of a call that is over a device that has not heard of it hears nothing", async () => {
  await using database = await openTestDatabase("postgres");
  const sent: string[] = [];
  const held = Promise.withResolvers<void>();
  await using queue = new PushQueue({
    sql: database.sql,
    clock: systemClock,
    rng: seededRng(3),
    log: silentLog,
    send: async (_, payload) => {
      const { kind, room_id } = JSON.parse(payload);
      sent.push(`${kind} ${room_id}`);
      await held.promise;
      return room_id === "!late"
        ? { kind: "later", reason: "busy" }
        : { kind: "refused", reason: "not wanted" };
    },
  });
  const add = (kind: "call" | "call_over", room_id: string) =>
    queue.add(device("phone"), { v: 1, kind, room_id });
  for (const room of ["!late", "!over", "!rings"]) add("call", room);
  for (const room of ["!late", "!over", "!heard"]) add("call_over", room);
  held.resolve();
  await waitFor("all to be sent", () => queue.size === 0 || undefined);
  assert.deepEqual(sent, ["call !late", "call !rings", "call_over !heard"]);
});
