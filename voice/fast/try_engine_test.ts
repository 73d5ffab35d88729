import assert from "node:assert/strict";
import { systemClock } from "../../server/system/clock.ts";
import { fastEngine } from "../../tests/harness/engines.ts";
import type { Aead, Engine } from "../sfu/engine.ts";
import { tryEngine } from "./open_fast.ts";

Deno.test("a cipher that is wrong is found out", async () => {
  const { aead } = fastEngine;
  const wrong: Aead[] = [
    { ...aead, seal: (key, nonce, _known, plain, out) => aead.seal(key, nonce, key, plain, out) },
    { ...aead, open: (_key, _nonce, _known, sealed) => sealed.subarray(0, -16) },
    { ...aead, open: () => undefined },
  ];
  for (const each of wrong) {
    await assert.rejects(tryEngine({ ...fastEngine, aead: each }, systemClock), /RFC 7714/);
  }
});

Deno.test("sockets that lose, change or mix up datagrams are found out", async () => {
  /** The length that leaves of each; 0 is none at all. */
  const faults: ((data: Uint8Array, length: number, at: number) => number)[] = [
    (_data, length, at) => at === 40 ? 0 : length,
    (_data, length, at) => at === 50 ? length - 1 : length,
    (data, length, at) => {
      if (at === 30) data.fill(0xff, 0, length);
      return length;
    },
  ];
  for (const fault of faults) {
    let at = 0;
    const engine: Engine = {
      ...fastEngine,
      async bindUdp(hostname, port) {
        const socket = await fastEngine.bindUdp(hostname, port);
        return {
          port: socket.port,
          hostname,
          dropped: 0,
          onDatagram: (callback) => socket.onDatagram(callback),
          [Symbol.asyncDispose]: () => socket[Symbol.asyncDispose](),
          routeTo(address, to) {
            const route = socket.routeTo(address, to);
            return {
              ...route,
              send(buffer, length) {
                const leaves = fault(buffer, length, at++);
                if (leaves > 0) route.send(buffer, leaves);
              },
            };
          },
        };
      },
    };
    await assert.rejects(tryEngine(engine, systemClock), /datagrams came as they were sent/);
  }
});
