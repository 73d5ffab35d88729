import assert from "node:assert/strict";
import type { DeviceDispatch } from "../../../core/e2ee/engine/ports.ts";
import {
  type DeviceEngine,
  type DeviceState,
  type EngineChange,
  SealRefused,
} from "../../../core/e2ee/engine/types.ts";
import type { EngineChannel, EngineMessage } from "./messages.ts";
import { RemoteEngine, WAITING_MAX } from "./remote_engine.ts";
import { serveEngine } from "./serve_engine.ts";

/** What a browser's BroadcastChannel does, with ends that can be closed. */
class Air {
  readonly #ends = new Set<EngineChannel>();

  open(): EngineChannel & { close(): void } {
    const ends = this.#ends;
    const end = {
      onmessage: null as EngineChannel["onmessage"],
      postMessage(message: EngineMessage) {
        const data = structuredClone(message);
        for (const other of ends) {
          if (other !== end) other.onmessage?.(new MessageEvent("message", { data }));
        }
      },
      close: () => void ends.delete(end),
    };
    ends.add(end);
    return end;
  }
}

const STATE: DeviceState = {
  phase: "ready",
  userId: "@ann:one.test",
  deviceId: "d",
  msk: undefined,
  backup: "none",
};

/** An engine as far as a channel is concerned: it answers, refuses, and says what changed. */
function engineOf(part: Partial<DeviceEngine>) {
  const listeners = new Set<(change: EngineChange) => void>();
  const engine = {
    state: () => STATE,
    rooms: () => [],
    verifications: () => [],
    onChange(listener: (change: EngineChange) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    ...part,
  } as DeviceEngine;
  return { engine, change: (change: EngineChange) => listeners.forEach((each) => each(change)) };
}

let n = 0;
const client = (air: Air) => new RemoteEngine(air.open(), () => `id ${n++}`);

Deno.test("tabs ask one engine, and each hears its own answer and every change", async () => {
  const air = new Air();
  const heard: (DeviceDispatch | "connected")[] = [];
  const { engine, change } = engineOf({
    devices: (userId) =>
      Promise.resolve({
        userId,
        msk: undefined,
        verified: false,
        changedTo: undefined,
        devices: [],
      }),
  });
  const early = client(air);
  assert.equal(early.state(), undefined);
  serveEngine(engine, air.open(), (dispatch) => heard.push(dispatch));
  await early.up;
  const late = client(air);
  await late.up;
  assert.equal(late.state()?.phase, "ready");
  const [one, two] = await Promise.all([early.ask("devices", "@b:x"), late.ask("devices", "@c:x")]);
  assert.deepEqual([one.userId, two.userId], ["@b:x", "@c:x"]);
  const changes: unknown[] = [];
  for (const tab of [early, late]) tab.onChange((each) => changes.push(each?.what));
  change({ what: "device" });
  assert.deepEqual(changes, ["device", "device"]);
  early.tell("connected");
  assert.deepEqual(heard, ["connected"]);
});

Deno.test("what was asked of a tab that closed is asked again of the next", async () => {
  const air = new Air();
  const first = air.open();
  let asked = 0;
  const stuck = engineOf({
    sync: () => {
      asked++;
      return new Promise(() => undefined);
    },
  });
  serveEngine(stuck.engine, first, () => undefined);
  const tab = client(air);
  const answer = tab.ask("sync", "!r");
  first.close();
  const next = engineOf({ sync: (roomId) => Promise.resolve({ roomId } as never) });
  serveEngine(next.engine, air.open(), () => undefined);
  assert.deepEqual(await answer, { roomId: "!r" });
  assert.equal(asked, 1);
});

Deno.test("an engine that comes up twice for a tab answers a question once", async () => {
  const air = new Air();
  let asked = 0;
  const gate = Promise.withResolvers<never>();
  const { engine } = engineOf({
    sync: () => {
      asked++;
      return gate.promise;
    },
  });
  serveEngine(engine, air.open(), () => undefined);
  const tab = client(air);
  const answer = tab.ask("sync", "!r");
  // Another tab opens: everybody hears the engine's word again.
  client(air);
  gate.resolve({ roomId: "!r" } as never);
  await answer;
  assert.equal(asked, 1);
});

Deno.test("the next engine is told that the connection stands: what was said before it, it has not heard", async () => {
  const air = new Air();
  const heard: string[] = [];
  const serve = (name: string) => {
    const end = air.open();
    serveEngine(engineOf({}).engine, end, (said) => heard.push(`${name}: ${String(said)}`));
    return end;
  };
  const first = serve("first");
  const tab = client(air);
  await tab.up;
  // Another tab opens: the same engine says once more that it runs.
  client(air);
  first.close();
  assert.deepEqual(heard, []);
  serve("next");
  assert.deepEqual([...new Set(heard)], ["next: connected"]);
});

Deno.test("refusals keep their kind; what is not to be asked is refused", async () => {
  const air = new Air();
  const { engine } = engineOf({
    seal: () => Promise.reject(new SealRefused("identity_changed", "Bob has a new identity.")),
  });
  serveEngine(engine, air.open(), () => undefined);
  const tab = client(air);
  await assert.rejects(tab.ask("seal", "!r", "main", { type: "message" }), (error) => {
    assert.ok(error instanceof SealRefused);
    assert.equal(error.reason, "identity_changed");
    return true;
  });
  await assert.rejects(tab.ask("start" as "counters"), /does not answer start/);
});

Deno.test("a tab asks a bounded number of questions", async () => {
  const tab = client(new Air());
  for (let i = 0; i < WAITING_MAX; i++) void tab.ask("sync", "!r");
  await assert.rejects(tab.ask("sync", "!r"), /wait for the encryption/);
});
