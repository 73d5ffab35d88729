import assert from "node:assert/strict";
import type { DeviceDispatch } from "../../../core/e2ee/engine/ports.ts";
import { FetchTransport } from "./fetch_transport.ts";

Deno.test("what several tabs say is heard once, and what is said again is not lost", async () => {
  const sleeping: (() => void)[] = [];
  const sleep = () => new Promise<void>((resolve) => sleeping.push(resolve));
  const wake = async () => {
    for (const each of sleeping.splice(0)) each();
    await new Promise((resolve) => setTimeout(resolve));
  };
  const transport = new FetchTransport("@ann:one.test", { sleep });
  const heard: (DeviceDispatch | "connected")[] = [];
  const stop = transport.onDispatch((dispatch) => heard.push(dispatch));
  const bob = { t: "devices.update", d: { user_id: "@bob:one.test" } } as const;
  const eve = { t: "devices.update", d: { user_id: "@eve:one.test" } } as const;
  for (const dispatch of [bob, eve, bob, bob]) transport.hear(dispatch);
  assert.deepEqual(heard, [bob, eve]);
  await wake();
  assert.deepEqual(heard, [bob, eve, bob], "said again since: heard once more, after a while");
  await wake();
  assert.deepEqual(heard.length, 3);
  transport.hear(bob);
  assert.deepEqual(heard.length, 4);
  stop();
  await wake();
  transport.hear("connected");
  assert.deepEqual(heard.length, 4);
});
