/**
 * What encryption costs a device beside MLS itself: messages sealed and opened, files, the
 * certificates of a large group, a backup read, a passphrase stretched.
 * `deno run -A tests/bench/encryption.ts [--tiny]`
 */
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { argon2id } from "hash-wasm";
import { openBytes, sealBytes } from "../../core/e2ee/attachment.ts";
import { emptyHead, openChunk, sealChunk } from "../../core/e2ee/backup.ts";
import type { ArchivedKey } from "../../core/e2ee/backup_entries.ts";
import { openSlot, sealSlot, USUAL_ARGON } from "../../core/e2ee/backup_slot.ts";
import { checkCertificate } from "../../core/e2ee/certificate.ts";
import { fromBase64 } from "../../core/e2ee/bytes.ts";
import { open, seal, type SealedPlace } from "../../core/e2ee/envelope.ts";
import { StrictVerifier } from "../../core/event/verify.ts";
import { MAIN_CHANNEL } from "../../core/ids/channel_id.ts";
import { eventIdFromHash } from "../../core/ids/event_id.ts";
import { roomIdFromHash } from "../../core/ids/room_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { systemRng as rng } from "../../server/system/rng.ts";
import { type BenchSize, readSize, tellFigure } from "../../scripts/lib/figure.ts";
import { testDevice, testIdentity } from "../harness/e2ee_people.ts";

const FULL = { messages: 2000, devices: 500, keys: 10_000, fileMb: 64, rounds: 3 };
const TINY: typeof FULL = { messages: 20, devices: 5, keys: 50, fileMb: 1, rounds: 1 };
const KEYS_PER_CHUNK = 2000;
const MB = 1_000_000;
const user = "@alice:example.com" as UserId;

/** Milliseconds of the best of several rounds. */
async function bestOf(rounds: number, work: () => unknown): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    await work();
    best = Math.min(best, performance.now() - begun);
  }
  return best;
}

async function measureMessages({ messages, rounds }: typeof FULL): Promise<void> {
  const roomId = roomIdFromHash(rng.bytes(32));
  const place: SealedPlace = { roomId, channelId: MAIN_CHANNEL, sender: user, relation: undefined };
  const payload = { type: "message", body: "x".repeat(120) } as const;
  const made = Array.from({ length: messages }, () => seal({ payload, place, rng }));
  const perSecond = (ms: number) => messages / ms * 1000;
  const sealMs = await bestOf(rounds, () => {
    for (let at = 0; at < messages; at++) seal({ payload, place, rng });
  });
  const openMs = await bestOf(rounds, () => {
    for (const { sealed, record } of made) {
      if (!open({ sealed, key: record, place }).ok) throw new Error("A message does not open.");
    }
  });
  const [key, nonce, block] = [rng.bytes(32), rng.bytes(24), rng.bytes(256)];
  const bareMs = await bestOf(rounds, () => {
    for (let at = 0; at < messages; at++) xchacha20poly1305(key, nonce).encrypt(block);
  });
  const control = { name: "bare cipher", value: perSecond(bareMs) };
  const figure = { bench: "encryption", unit: "/s", control };
  tellFigure({ ...figure, name: "messages sealed", value: perSecond(sealMs) });
  tellFigure({ ...figure, name: "messages opened", value: perSecond(openMs) });
}

async function measureFiles({ fileMb, rounds }: typeof FULL): Promise<void> {
  const bytes = new Uint8Array(fileMb * MB);
  const { sealed, file } = await sealBytes(bytes, rng);
  const sealMs = await bestOf(rounds, () => sealBytes(bytes, rng));
  const openMs = await bestOf(rounds, () => openBytes(sealed, file));
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const bareMs = await bestOf(
    rounds,
    () => crypto.subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, key, bytes),
  );
  const perSecond = (ms: number) => fileMb / ms * 1000;
  const control = { name: "AES-GCM in one piece", value: perSecond(bareMs) };
  const figure = { bench: "encryption", unit: "MB/s", control };
  tellFigure({ ...figure, name: "files sealed", value: perSecond(sealMs) });
  tellFigure({ ...figure, name: "files opened", value: perSecond(openMs) });
}

async function measureCertificates({ devices }: typeof FULL): Promise<void> {
  const nowMs = 1_800_000_000_000;
  const owner = await testIdentity(user);
  const made = await Promise.all(
    Array.from({ length: devices }, () => testDevice(owner, nowMs)),
  );
  const certificates = made.map(({ certificate }) => fromBase64(certificate) as Uint8Array);
  const value = await bestOf(1, async () => {
    const verifier = new StrictVerifier();
    const verdicts = await Promise.all(certificates.map((bytes) => {
      const signatureKey = bytes.subarray(-64 - 6 - 32, -64 - 6);
      return checkCertificate({ bytes, signatureKey, pinnedMsk: undefined, nowMs }, verifier);
    }));
    if (verdicts.some((verdict) => verdict !== "good")) throw new Error("A certificate is bad.");
  });
  tellFigure({ bench: "encryption", name: `${devices} certificates checked`, value, unit: "ms" });
}

async function measureBackup({ keys }: typeof FULL): Promise<void> {
  const backupKey = rng.bytes(32);
  const roomId = roomIdFromHash(rng.bytes(32));
  const key = (): ArchivedKey => ({
    eventId: eventIdFromHash(rng.bytes(32)),
    nonce: rng.bytes(16),
    contentKey: rng.bytes(32),
    hash: rng.bytes(32),
    kind: "message",
  });
  const chunks: Uint8Array[] = [];
  let after = emptyHead(1);
  for (let left = keys; left > 0; left -= KEYS_PER_CHUNK) {
    const some = Array.from({ length: Math.min(left, KEYS_PER_CHUNK) }, key);
    const made = sealChunk({ user, backupKey, after }, [{ type: "keys", roomId, keys: some }], rng);
    chunks.push(made.chunk);
    after = made.head;
  }
  const value = await bestOf(1, () => {
    let head = emptyHead(1);
    for (const chunk of chunks) {
      const opened = openChunk({ user, backupKey, after: head }, chunk);
      if (!opened.ok) throw new Error(opened.message);
      head = opened.head;
    }
  });
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const more = { "MB": bytes / MB };
  const name = `backup of ${keys} message keys opened`;
  tellFigure({ bench: "encryption", name, value, unit: "ms", more });
}

async function measurePassphrase({ rounds }: typeof FULL): Promise<void> {
  const passphrase = "correct horse battery";
  const slot = await sealSlot({ user, backupKey: rng.bytes(32), rng }, {
    kind: "passphrase",
    passphrase,
  });
  const value = await bestOf(
    rounds,
    () => openSlot(user, slot, { kind: "passphrase", passphrase }),
  );
  const wasm = await bestOf(rounds, () =>
    argon2id({
      password: passphrase,
      salt: rng.bytes(16),
      parallelism: 1,
      iterations: USUAL_ARGON.rounds,
      memorySize: USUAL_ARGON.kib,
      hashLength: 32,
    }));
  const control = { name: "as WebAssembly", value: wasm };
  tellFigure({ bench: "encryption", name: "passphrase stretched", value, unit: "ms", control });
}

export async function measureEncryption(size: BenchSize): Promise<void> {
  const settings = size.tiny ? TINY : FULL;
  await measureMessages(settings);
  await measureFiles(settings);
  await measureCertificates(settings);
  await measureBackup(settings);
  await measurePassphrase(settings);
}

if (import.meta.main) await measureEncryption(readSize(Deno.args));
