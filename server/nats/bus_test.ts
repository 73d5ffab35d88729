import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { busContract } from "../../tests/contract/bus.ts";
import { freePort } from "../../scripts/lib/free_port.ts";
import { startNats } from "../../tests/harness/nats.ts";
import { waitFor } from "../../tests/harness/wait_for.ts";
import { silentLog } from "../system/log.ts";
import { NatsBus } from "./bus.ts";
import { BusError } from "./bus_error.ts";

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

/** As a NATS server greets; it then refuses whoever answers, and resets the connection. */
const GREETING = `INFO ${
  JSON.stringify({
    server_id: "refusing",
    server_name: "refusing",
    version: "2.10.0",
    proto: 1,
    host: "127.0.0.1",
    port: 4222,
    headers: true,
    max_payload: 1024 * 1024,
  })
}\r\n`;

Deno.test("a connection reset while NATS refuses is an answer and ends nothing", async () => {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.write(GREETING);
    socket.once("data", () => {
      socket.write("-ERR 'Authorization Violation'\r\n");
      socket.resetAndDestroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  for (let round = 0; round < 20; round++) {
    await assert.rejects(
      NatsBus.connect({ servers: [`nats://127.0.0.1:${port}`], log: silentLog }),
      BusError,
    );
  }
  await new Promise((resolve) => server.close(resolve));
});
