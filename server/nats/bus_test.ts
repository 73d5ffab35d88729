import assert from "node:assert/strict";
import { busContract } from "../../tests/contract/bus.ts";
import { freePort } from "../../tests/harness/free_port.ts";
import { startNats } from "../../tests/harness/nats.ts";
import { waitFor } from "../../tests/harness/wait_for.ts";
import { silentLog } from "../system/log.ts";
import { BusError, NatsBus } from "./bus.ts";

Deno.test("the bus of several processes, on a real NATS server", async (t) => {
  await using server = await startNats();
  const connect = () => NatsBus.connect({ servers: [server.url], log: silentLog });
  await busContract(t, async () => ({ near: await connect(), far: await connect() }));
});

Deno.test("the bus survives the end of NATS and delivers again once it is back", async () => {
  const port = freePort();
  const first = await startNats(port);
  const bus = await NatsBus.connect({ servers: [first.url], log: silentLog });
  const heard: number[] = [];
  bus.subscribe("s", (payload) => heard.push(payload[0] ?? -1));
  await first[Symbol.asyncDispose]();
  bus.publish("s", new Uint8Array([1]));
  await using _second = await startNats(port);
  await waitFor("messages again", () => {
    bus.publish("s", new Uint8Array([2]));
    return heard.includes(2);
  });
  assert.ok(heard.filter((n) => n === 1).length <= 1);
  await bus.close();
});

Deno.test("no NATS server at the address is an error at once", async () => {
  await assert.rejects(
    NatsBus.connect({ servers: [`nats://127.0.0.1:${freePort()}`], log: silentLog }),
    BusError,
  );
});

Deno.test("a NATS server that asks for a password gets it, and refuses a wrong one", async () => {
  await using server = await startNats(freePort(), ["--user", "og", "--pass", "secret"]);
  const connect = (pass: string) =>
    NatsBus.connect({ servers: [server.url], log: silentLog, credentials: { user: "og", pass } });
  const bus = await connect("secret");
  await bus.close();
  await assert.rejects(connect("wrong"), BusError);
});
