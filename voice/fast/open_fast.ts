import { Buffer } from "node:buffer";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Aead, Engine } from "../sfu/engine.ts";
import { stockEngine } from "../sfu/stock_engine.ts";
import { FastSocket, type Pace } from "./fast_socket.ts";
import { openGcm } from "./gcm.ts";
import { loadLibraries } from "./libraries.ts";

/** More than one call takes, so that order across calls is looked at too. */
const DATAGRAMS = 100;
const WAIT_MS = 5000;

/** RFC 7714, 16.1.1: a packet of SRTP, whose header is not encrypted. */
const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ""), "hex");
const example = {
  key: hex("000102030405060708090a0b0c0d0e0f"),
  nonce: hex("51753c6580c2726f20718414"),
  known: hex("8040f17b8041f8d35501a0b2"),
  plain: Buffer.from("Gallia est omnis divisa in partes tres"),
  sealed: hex(`
    f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a 51c7d19b
    36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce`),
};

/**
 * The system's own libraries, tried before they are trusted. Rejects with a sentence where they
 * cannot be had, or do something else than they should.
 */
export async function openFastEngine(
  clock: Clock,
  { gatherMs }: Pick<Pace, "gatherMs">,
): Promise<Engine> {
  const { libc, libcrypto } = loadLibraries();
  const engine: Engine = {
    name: "fast",
    aead: openGcm(libcrypto),
    // deno-lint-ignore require-await -- throws become what the promise is rejected with
    bindUdp: async (hostname, port) =>
      new FastSocket(libc, { clock, gatherMs }, { hostname, port }),
  };
  await tryEngine(engine, clock);
  return engine;
}

/** Rejects with a sentence where an engine does something else than it should. */
export async function tryEngine(engine: Engine, clock: Clock): Promise<void> {
  tryCipher(engine.aead);
  await trySockets(engine, clock);
}

/** What the settings say of it. */
export interface EngineWish extends Pick<Pace, "gatherMs"> {
  readonly fastPath: boolean;
}

/** The engine that calls run on: the fast one where it is wanted and works here. */
export async function chooseEngine(
  { fastPath, gatherMs }: EngineWish,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<Engine> {
  if (!fastPath) return stockEngine;
  try {
    return await openFastEngine(clock, { gatherMs });
  } catch (error) {
    log.log("warn", "Voice runs without its fast path, which does not work here.", { error });
    return stockEngine;
  }
}

function tryCipher(aead: Aead): void {
  const { key, nonce, known, plain, sealed } = example;
  const out = Buffer.alloc(sealed.length);
  aead.seal(key, nonce, known, plain, out);
  const forged = Buffer.from(sealed);
  forged.writeUInt8(forged.readUInt8(0) ^ 1, 0);
  const isRight = out.equals(sealed) && aead.open(key, nonce, known, forged) === undefined &&
    aead.open(key, nonce, known, sealed)?.equals(plain) === true;
  if (!isRight) throw new Error("it does not seal the packet of RFC 7714 as it should");
}

/** Sends numbered datagrams over the loopback: all have to come, in order and whole. */
async function trySockets(engine: Engine, clock: Clock): Promise<void> {
  await using from = await engine.bindUdp("127.0.0.1", 0);
  await using to = await engine.bindUdp("127.0.0.1", 0);
  const stop = new AbortController();
  const { promise: all, resolve } = Promise.withResolvers<boolean>();
  let next = 0;
  to.onDatagram((data, address, port) => {
    const isNext = address === "127.0.0.1" && port === from.port && data.length === next + 4 &&
      data.readUInt32BE(next) === next;
    if (!isNext) resolve(false);
    else if (++next === DATAGRAMS) resolve(true);
  });
  const route = from.routeTo("127.0.0.1", to.port);
  for (let each = 0; each < DATAGRAMS; each++) {
    const out = route.take();
    route.send(out, out.writeUInt32BE(each, each));
  }
  const late = clock.sleep(WAIT_MS, stop.signal).then(() => false, () => false);
  const isRight = await Promise.race([all, late]);
  stop.abort();
  await late;
  if (!isRight) throw new Error(`only ${next} of ${DATAGRAMS} datagrams came as they were sent`);
}
