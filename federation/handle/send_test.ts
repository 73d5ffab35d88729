import assert from "node:assert/strict";
import { OperationError } from "../../core/errors.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { silentLog } from "../../server/system/log.ts";
import { serverName } from "../../tests/harness/events.ts";
import { type Answered, sendHandler } from "./send.ts";

const origin = serverName("there.example");

/** A door that writes down what happens, where each step ends when the test says so. */
function door() {
  const steps: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const step = async (name: string) => {
    steps.push(name);
    await gates.get(name)?.promise;
  };
  const kept = new Map<string, Answered>();
  const examine = async ({ pdus: [name] }: { readonly pdus: readonly JsonValue[] }) => {
    await step(`examine ${name}`);
    if (name === "bad") throw new Error("examined in vain");
    return {
      takeIn() {
        const entered = step(`enter ${name}`);
        const ended = entered.then(async () => {
          await step(`take in ${name}`);
          return [{ outcome: "accepted" as const, reason: String(name) }];
        });
        return { entered, ended };
      },
    };
  };
  const handler = sendHandler({
    ingest: { examine, ingest: async (input) => await (await examine(input)).takeIn().ended },
    edus: { receive: () => {} },
    transactions: {
      find: ({ txnId }) => Promise.resolve(kept.get(txnId)),
      keep: async ({ txnId }, answered) => {
        await step(`keep ${txnId}`);
        kept.set(txnId, answered);
      },
    },
    log: silentLog,
  });
  return {
    steps,
    hold: (name: string) => void gates.set(name, Promise.withResolvers()),
    release: (name: string) => gates.get(name)?.resolve(),
    send: (id: string, pdu: string) =>
      handler.answer({ origin, bodyDigest: new TextEncoder().encode(pdu) }, {
        txn_id: id,
        origin,
        pdus: [pdu as never],
        edus: [],
        keys: [],
      }),
  };
}

/** Lets everything run that waits for no gate. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("a transaction has its place in its rooms before the next one, which does not wait for the rest", async () => {
  const { steps, hold, release, send } = door();
  hold("enter a");
  hold("take in a");
  const answers = Promise.all([send("1", "a"), send("2", "b")]);
  await settle();
  assert.deepEqual(steps, ["examine a", "examine b", "enter a"]);
  release("enter a");
  await settle();
  assert.deepEqual(steps.slice(3).filter((step) => step.endsWith("b")), ["enter b", "take in b"]);
  release("take in a");
  await answers;
});

Deno.test("a transaction that is examined first still waits for its turn", async () => {
  const { steps, hold, release, send } = door();
  hold("examine a");
  const answers = Promise.all([send("1", "a"), send("2", "b"), send("3", "c")]);
  await settle();
  assert.deepEqual(steps, ["examine a", "examine b", "examine c"]);
  release("examine a");
  await answers;
  assert.deepEqual(steps.filter((step) => step.startsWith("enter")), [
    "enter a",
    "enter b",
    "enter c",
  ]);
});

Deno.test("a transaction that cannot be examined holds up none behind it, and lets none overtake", async () => {
  const { steps, hold, release, send } = door();
  hold("enter a");
  const first = send("1", "a");
  const refused = assert.rejects(send("2", "bad"));
  const third = send("3", "c");
  await refused;
  assert.ok(!steps.includes("enter c"));
  release("enter a");
  await Promise.all([first, third]);
  assert.ok(steps.includes("enter c"));
});

Deno.test("a repetition that comes meanwhile gets the same answer, another body a conflict", async () => {
  const { steps, hold, release, send } = door();
  hold("keep 1");
  const first = send("1", "a");
  const again = send("1", "a");
  const other = assert.rejects(
    async () => await send("1", "b"),
    (error) => error instanceof OperationError && error.code === "conflict",
  );
  await settle();
  release("keep 1");
  assert.deepEqual(await again, await first);
  await other;
  assert.deepEqual(steps, ["examine a", "enter a", "take in a", "keep 1"]);
});
