import assert from "node:assert/strict";
import fc from "fast-check";
import { sha256 } from "@noble/hashes/sha2.js";
import { CountingRng } from "../../tests/harness/parts.ts";
import {
  FileFault,
  openBytes,
  openFile,
  openSegment,
  paddedFileSize,
  sealBytes,
  type SealedFileKey,
  sealedFileSize,
  sealFile,
  SEGMENT_BYTES,
} from "./attachment.ts";
import { concat } from "./bytes.ts";

const rng = new CountingRng();
const SEALED_SEGMENT = SEGMENT_BYTES + 16;

function pattern(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8)) & 255);
}

function reasonOf(opening: Promise<unknown>): Promise<string> {
  return opening.then(() => "opened", (error) => {
    assert.ok(error instanceof FileFault, String(error));
    return error.reason;
  });
}

Deno.test("files of every size come back, and take what was said", async () => {
  const sizes = [0, 1, 1023, 1024, 1025, SEGMENT_BYTES - 1, SEGMENT_BYTES, SEGMENT_BYTES + 1];
  for (const size of [...sizes, 3 * SEGMENT_BYTES, 300_000]) {
    const { sealed, file } = await sealBytes(pattern(size), rng);
    assert.equal(sealed.length, sealedFileSize(size), `${size}`);
    assert.deepEqual(file.hash, sha256(sealed));
    assert.deepEqual(await openBytes(sealed, file), pattern(size), `${size}`);
  }
});

Deno.test("a file may come in pieces of any length", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 90_000 }), { maxLength: 8 }),
      fc.integer({ min: 1, max: 70_000 }),
      async (lengths, step) => {
        const parts = lengths.map((length) => pattern(length));
        const whole = concat(...parts);
        const sealer = sealFile({ size: whole.length, rng });
        const source = ReadableStream.from(parts);
        const sealed = new Uint8Array(
          await new Response(source.pipeThrough(sealer.stream)).arrayBuffer(),
        );
        const pieces = Array.from(
          { length: Math.ceil(sealed.length / step) },
          (_, at) => sealed.slice(at * step, (at + 1) * step),
        );
        const opened = ReadableStream.from(pieces).pipeThrough(openFile(sealer.key()));
        assert.deepEqual(new Uint8Array(await new Response(opened).arrayBuffer()), whole);
      },
    ),
    { numRuns: 15 },
  );
});

Deno.test("cut off, longer, repeated, reordered or swapped segments are found", async () => {
  const { sealed, file } = await sealBytes(pattern(3 * SEGMENT_BYTES + 10), rng);
  const at = (index: number) =>
    sealed.subarray(index * SEALED_SEGMENT, (index + 1) * SEALED_SEGMENT);
  const rest = sealed.subarray(3 * SEALED_SEGMENT);
  const named = (bytes: Uint8Array): [Uint8Array, SealedFileKey] => [
    bytes,
    { ...file, hash: sha256(bytes) },
  ];
  const cases: [string, Uint8Array, SealedFileKey][] = [
    ["truncated", sealed.subarray(0, -1), file],
    ["truncated", sealed.subarray(0, 3 * SEALED_SEGMENT), file],
    ["truncated", new Uint8Array(0), file],
    ["too_long", concat(sealed, new Uint8Array(1)), file],
    ["altered", ...named(concat(at(1), at(0), at(2), rest))],
    ["altered", ...named(concat(at(0), at(0), at(2), rest))],
    // A server that also changes the size in its own records cannot end the file early.
    ["altered", sealed.subarray(0, sealedFileSize(2 * SEGMENT_BYTES)), {
      ...file,
      size: 2 * SEGMENT_BYTES,
    }],
    ["wrong_hash", sealed, { ...file, hash: new Uint8Array(32) }],
    ["altered", sealed, { ...file, key: new Uint8Array(32) }],
  ];
  for (const [reason, bytes, key] of cases) {
    assert.equal(await reasonOf(openBytes(bytes, key)), reason);
  }
  const other = await sealBytes(pattern(3 * SEGMENT_BYTES + 10), rng);
  const mixed = concat(at(0), other.sealed.subarray(SEALED_SEGMENT));
  assert.equal(await reasonOf(openBytes(...named(mixed))), "altered");
});

Deno.test("any changed bit is found, in the padding too", async () => {
  const { sealed, file } = await sealBytes(pattern(70_000), rng);
  for (let at = 0; at < sealed.length; at += 5003) {
    const bytes = sealed.slice();
    bytes[at] = (bytes[at] as number) ^ 1;
    assert.equal(await reasonOf(openBytes(bytes, file)), "altered", `byte ${at}`);
  }
});

Deno.test("a file that is not as long as it was said to be is not sealed", async () => {
  for (const size of [9, 11]) {
    const sealer = sealFile({ size, rng });
    const source = ReadableStream.from([pattern(10)]).pipeThrough(sealer.stream);
    assert.equal(await reasonOf(new Response(source).arrayBuffer()), "wrong_size");
    assert.throws(() => sealer.key(), /was to have/);
  }
  for (const size of [-1, 1.5, 2 ** 40, NaN]) {
    assert.throws(() => sealFile({ size, rng }), FileFault);
    const key = { key: new Uint8Array(32), hash: new Uint8Array(32), size };
    assert.throws(() => openFile(key), FileFault);
  }
});

Deno.test("players open the segment they jump to, and no other in its place", async () => {
  const bytes = pattern(2 * SEGMENT_BYTES + 100);
  const { sealed, file } = await sealBytes(bytes, rng);
  const part = (index: number) =>
    sealed.subarray(index * SEALED_SEGMENT, (index + 1) * SEALED_SEGMENT);
  for (const index of [0, 1, 2]) {
    const opened = await openSegment(file, { index, sealed: part(index) });
    assert.deepEqual(opened, bytes.slice(index * SEGMENT_BYTES, (index + 1) * SEGMENT_BYTES));
  }
  assert.equal(await reasonOf(openSegment(file, { index: 1, sealed: part(0) })), "altered");
});

Deno.test("sizes are padded by 12 % at the most and show few bits", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 30 }), (size) => {
    const padded = paddedFileSize(size);
    assert.ok(padded >= size && (size < 1024 || padded <= size * 1.12));
    assert.equal(paddedFileSize(padded), padded);
  }));
  const sizes = new Set(Array.from({ length: 100_000 }, (_, at) => paddedFileSize(1e6 + at)));
  // Below 2^20 steps are 16,384 bytes, so 100,000 neighbors share 7 sizes at the most.
  assert.ok(sizes.size <= 7, `${sizes.size}`);
});
