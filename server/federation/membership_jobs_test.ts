import assert from "node:assert/strict";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { type Transport, TransportError } from "../../federation/ports.ts";
import { CountingRng, ManualClock, MemoryLog } from "../../tests/harness/parts.ts";
import { freshDatabase } from "../../tests/harness/postgres.ts";
import { waitFor } from "../../tests/harness/wait_for.ts";
import { MembershipJobs, type MembershipJobsDeps } from "./membership_jobs.ts";

const BEA = "@bea:two.test" as UserId;

interface Telling {
  /** What another server does with a word. */
  to?: (server: ServerName) => Promise<void>;
  /** What becomes of looking a room up. */
  open?: () => Promise<undefined>;
}

/** The jobs alone, on a real database; what other servers do and what fails here, a test says. */
async function telling(how: Telling) {
  await using stack = new AsyncDisposableStack();
  const { sql } = stack.use(await freshDatabase());
  const clock = new ManualClock();
  const told: ServerName[] = [];
  const jobs = stack.use(
    new MembershipJobs({
      sql,
      clock,
      log: new MemoryLog(),
      serverName: "one.test" as ServerName,
      rooms: { open: () => how.open?.() ?? Promise.resolve(undefined) },
      ask: {
        rng: new CountingRng(),
        transport: {
          call: async (to: ServerName) => {
            told.push(to);
            await how.to?.(to);
            return {};
          },
        } as unknown as Pick<Transport, "call">,
      },
    } as unknown as MembershipJobsDeps),
  );
  const owned = stack.move();
  return {
    jobs,
    clock,
    told,
    waiting: async () => (await sql<{ n: number }[]>`select count(*)::int as n from outbox`)[0]?.n,
    befriend: (server: string) =>
      jobs.tellNow({
        kind: "relationship",
        to: server as ServerName,
        from: "@ann:one.test" as UserId,
        user: `@bea:${server}` as UserId,
        word: "request",
      }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

Deno.test("a server that takes its time holds up no word to another one", async () => {
  const slow = Promise.withResolvers<void>();
  await using at = await telling({
    to: (server) => server === "slow.test" ? slow.promise : Promise.resolve(),
  });
  await at.befriend("slow.test");
  await waitFor("the slow one to be asked", () => at.told.length === 1);
  await at.befriend("two.test");
  await waitFor("the other to be told", () => at.told.includes("two.test" as ServerName));
  assert.equal(at.told.filter((to) => to === "slow.test").length, 1);
  slow.resolve();
  await waitFor("nothing to wait", async () => await at.waiting() === 0);
});

Deno.test("what fails here is tried again, what the other refuses is not", async () => {
  let looks = 0;
  await using at = await telling({
    open: () => ++looks === 1 ? Promise.reject(new Error("gone")) : Promise.resolve(undefined),
    to: () => Promise.reject(new TransportError("refused", "no")),
  });
  await at.jobs.tellNow({
    kind: "offer",
    to: "two.test" as ServerName,
    roomId: "!room" as RoomId,
    user: BEA,
  });
  await waitFor("the room to be looked up", () => looks === 1);
  await waitFor("the room to be looked up again", () => {
    at.clock.advance(1000);
    return looks === 2;
  });
  await waitFor("nothing to wait", async () => await at.waiting() === 0);
  await at.befriend("two.test");
  await waitFor("the refusal", () => at.told.length === 1);
  await waitFor("nothing to wait again", async () => await at.waiting() === 0);
});
