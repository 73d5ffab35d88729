/**
 * What groups of devices cost without a server: a late join of a large group, one more device in a
 * middling one, a pile of missed messages, and the size of the code in a browser; beside the bare
 * signatures and ciphers of the same work. `deno run -A tests/bench/mls.ts [--tiny]`
 */
import { gzipSync } from "node:zlib";
import type { Group } from "../../core/mls/group.ts";
import type { DeviceKeys } from "../../core/mls/key_package.ts";
import type { Mls } from "../../core/mls/mls.ts";
import { type BenchSize, readSize, type Target, tellFigure } from "../../scripts/lib/figure.ts";
import { LIFE, makeDeviceKeys, makeMls } from "../harness/mls_people.ts";

const FULL = { large: 499, middling: 100, committers: 8, messages: 1000, rounds: 3 };
const TINY: typeof FULL = { large: 12, middling: 6, committers: 2, messages: 10, rounds: 1 };
/** As long as the certificates of devices are. */
const CREDENTIAL_BYTES = 330;
const ROOT = new URL("../..", import.meta.url).pathname;
const rng = { bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) };
const atMost = (most: number): Target => ({ of: "value", atMost: most });

interface Room {
  readonly mls: Mls;
  /** Its first member. */
  group: Group;
}

async function makeKeys(user: string): Promise<DeviceKeys> {
  const keys = await makeDeviceKeys(rng, user, "D");
  const credential = new Uint8Array(CREDENTIAL_BYTES).fill("x".charCodeAt(0));
  credential.set(keys.credential);
  credential[keys.credential.length] = "/".charCodeAt(0);
  return { ...keys, credential };
}

/** A group in which some devices have renewed their keys, so that the nodes above them are filled. */
async function openLarge(size: number, committers: number): Promise<Room> {
  const mls = await makeMls(rng);
  const founder = await makeKeys("@0");
  const keys: DeviceKeys[] = [];
  for (let at = 1; at < size; at++) keys.push(await makeKeys(`@${at}`));
  const packages = await Promise.all(keys.map((own) => mls.keyPackage(own, LIFE)));
  const added = await mls.commit(await mls.create(new Uint8Array(16), founder), {
    add: packages.map((own) => own.publicBytes),
  });
  const busy: Group[] = [added.group];
  const stride = Math.floor((size - 1) / committers);
  for (let at = 0; at < committers; at++) {
    busy.push(await mls.join(added.welcome!, packages[at * stride]!, keys[at * stride]!));
  }
  for (const by of busy.keys()) {
    const made = await mls.commit(busy[by]!, {});
    for (const at of busy.keys()) {
      busy[at] = at === by ? made.group : (await mls.process(busy[at]!, made.commit)).group;
    }
  }
  return { mls, group: busy[0]! };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await run();
  return performance.now() - begun;
}

/** The best of several: what else runs on the machine makes things slower, never faster. */
async function best(rounds: number, run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let at = 0; at < rounds; at++) times.push(await timed(run));
  return Math.min(...times);
}

/** The signature and the cipher of one message, by themselves. */
async function bareMessages(count: number): Promise<{ verifyMs: number; openMs: number }> {
  const { publicKey, privateKey } = await crypto.subtle.generateKey("Ed25519", false, [
    "sign",
    "verify",
  ]) as CryptoKeyPair;
  const text = new Uint8Array(512);
  const signature = await crypto.subtle.sign("Ed25519", privateKey, text);
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 128 }, false, [
    "encrypt",
    "decrypt",
  ]);
  const aes = { name: "AES-GCM", iv: new Uint8Array(12) };
  const sealed = await crypto.subtle.encrypt(aes, key, text);
  const times = async (run: () => Promise<unknown>) => {
    for (let at = 0; at < count; at++) await run();
  };
  return {
    verifyMs: await timed(() =>
      times(() => crypto.subtle.verify("Ed25519", publicKey, signature, text))
    ),
    openMs: await timed(() => times(() => crypto.subtle.decrypt(aes, key, sealed))),
  };
}

async function measureJoin({ large, committers, rounds }: typeof FULL): Promise<void> {
  const { mls, group } = await openLarge(large, committers);
  const keys = await makeKeys("@late");
  const package_ = await mls.keyPackage(keys, LIFE);
  const added = await mls.commit(group, { add: [package_.publicBytes] });
  const joinMs = await best(rounds, () => mls.join(added.welcome!, package_, keys));
  const outside = await makeKeys("@outside");
  const info = await mls.groupInfo(group);
  tellFigure({
    bench: "mls",
    name: `join of a group of ${large + 1}`,
    value: joinMs,
    unit: "ms",
    control: {
      name: `${large + 1} signatures`,
      value: (await bareMessages(large + 1)).verifyMs,
    },
    target: atMost(1500),
    more: {
      "from outside, ms": await best(
        rounds,
        () => mls.externalJoin(info, outside, { resync: false }),
      ),
      "Welcome, KB": added.welcome!.length / 1024,
    },
  });
}

async function measureAdd({ middling, committers, rounds }: typeof FULL): Promise<void> {
  const { mls, group } = await openLarge(middling, committers);
  const package_ = await mls.keyPackage(await makeKeys("@new"), LIFE);
  tellFigure({
    bench: "mls",
    name: `add one to a group of ${middling}`,
    value: await best(2 * rounds, () => mls.commit(group, { add: [package_.publicBytes] })),
    unit: "ms",
    target: atMost(50),
    more: { "own keys renewed, ms": await best(2 * rounds, () => mls.commit(group, {})) },
  });
}

async function measureMissed({ middling, committers, messages }: typeof FULL): Promise<void> {
  const { mls, group: sender } = await openLarge(middling, committers);
  const keys = await makeKeys("@reader");
  const package_ = await mls.keyPackage(keys, LIFE);
  const added = await mls.commit(sender, { add: [package_.publicBytes] });
  let reader = await mls.join(added.welcome!, package_, keys);
  let writer = added.group;
  const missed: Uint8Array[] = [];
  for (let at = 0; at < messages; at++) {
    const sent = await mls.encrypt(writer, new Uint8Array(256), new Uint8Array());
    writer = sent.group;
    missed.push(sent.message);
  }
  const bare = await bareMessages(messages);
  tellFigure({
    bench: "mls",
    name: `${messages} missed messages`,
    value: await timed(async () => {
      for (const message of missed) reader = (await mls.decrypt(reader, message)).group;
    }),
    unit: "ms",
    control: { name: "signatures and ciphers", value: bare.verifyMs + bare.openMs },
    target: atMost(1000),
  });
}

async function measureSize(): Promise<void> {
  const esbuild = await import("esbuild");
  const result = await esbuild.build({
    stdin: {
      contents: ["mls", "snapshot", "readers"].map((name) => `export * from "./${name}.ts";`)
        .join(""),
      resolveDir: `${ROOT}core/mls`,
      loader: "ts",
    },
    bundle: true,
    format: "esm",
    target: ["es2023", "chrome120", "firefox121", "safari17.4"],
    minify: true,
    write: false,
    absWorkingDir: ROOT,
    legalComments: "none",
    logLevel: "warning",
  });
  await esbuild.stop();
  const bytes = result.outputFiles[0]!.contents;
  tellFigure({
    bench: "mls",
    name: "code in a browser, compressed",
    value: gzipSync(bytes, { level: 9 }).length / 1024,
    unit: "KB",
    target: atMost(45),
    more: { "not compressed, KB": bytes.length / 1024 },
  });
}

export async function measureMls(size: BenchSize): Promise<void> {
  const settings = size.tiny ? TINY : FULL;
  await measureJoin(settings);
  await measureAdd(settings);
  await measureMissed(settings);
  await measureSize();
}

if (import.meta.main) await measureMls(readSize(Deno.args));
