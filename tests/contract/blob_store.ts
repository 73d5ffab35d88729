import assert from "node:assert/strict";
import type { BlobStore } from "../../core/ports/blob_store.ts";

/** Bytes that differ from place to place, so that a wrong range is seen. */
export function patternBytes(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + (i >> 8) * 7 + (i >> 16)) & 0xff;
  return bytes;
}

/** A stream in chunks of uneven size, made as it is read: no length is known to the store. */
export function chunked(bytes: Uint8Array, chunkBytes = 10_007): ReadableStream<Uint8Array> {
  let offset = 0;
  return new ReadableStream({
    pull(controller) {
      if (offset >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(offset, offset + chunkBytes));
      offset += chunkBytes;
    },
  });
}

export async function readAll(
  stream: ReadableStream<Uint8Array> | undefined,
): Promise<Uint8Array | undefined> {
  if (stream === undefined) return undefined;
  return new Uint8Array(await new Response(stream as BodyInit).arrayBuffer());
}

async function keys(store: BlobStore, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const info of store.list(prefix)) found.push(info.key);
  return found.sort();
}

const BIG_BYTES = 11 * 1024 * 1024 + 13;

/**
 * What every blob store does. `open` gives an empty store; the suite is run by each adapter's
 * test, and no adapter is used that does not pass it.
 */
export async function blobStoreContract(t: Deno.TestContext, store: BlobStore): Promise<void> {
  await t.step("what was put is read back, at every size that matters", async () => {
    for (const size of [0, 1, 65_536, 65_537, 300_001]) {
      const bytes = patternBytes(size);
      await store.put(`sizes/s${size}`, chunked(bytes), size);
      assert.deepEqual(await readAll(await store.get(`sizes/s${size}`)), bytes);
      assert.deepEqual(await store.head(`sizes/s${size}`), { key: `sizes/s${size}`, size });
    }
  });

  await t.step("a large stream arrives whole, and so does a range across its parts", async () => {
    const bytes = patternBytes(BIG_BYTES);
    await store.put("big/one", chunked(bytes, 70_001), BIG_BYTES);
    assert.equal((await store.head("big/one"))?.size, BIG_BYTES);
    const range = { start: 8 * 1024 * 1024 - 5, end: 8 * 1024 * 1024 + 5 };
    const part = await readAll(await store.get("big/one", range));
    assert.deepEqual(part, bytes.slice(range.start, range.end + 1));
    const whole = await readAll(await store.get("big/one"));
    assert.equal(firstDifference(whole, bytes), -1);
  });

  await t.step("ranges are inclusive, are cut at the end and never begin behind it", async () => {
    const bytes = patternBytes(1000);
    await store.put("range", chunked(bytes), 1000);
    const read = async (start: number, end: number) =>
      await readAll(await store.get("range", { start, end }));
    assert.deepEqual(await read(0, 0), bytes.slice(0, 1));
    assert.deepEqual(await read(10, 19), bytes.slice(10, 20));
    assert.deepEqual(await read(990, 5000), bytes.slice(990));
    await assert.rejects(() => read(1000, 1001));
  });

  await t.step("absent is a value, and deleting it succeeds", async () => {
    assert.equal(await store.get("nothing/here"), undefined);
    assert.equal(await store.get("nothing/here", { start: 0, end: 1 }), undefined);
    assert.equal(await store.head("nothing/here"), undefined);
    await store.delete("nothing/here");
  });

  await t.step("put overwrites, delete removes", async () => {
    await store.put("again", chunked(patternBytes(10)), 10);
    await store.put("again", chunked(patternBytes(20)), 20);
    assert.equal((await store.head("again"))?.size, 20);
    await store.delete("again");
    assert.equal(await store.head("again"), undefined);
  });

  await t.step("a body shorter or longer than announced, or broken, stores nothing", async () => {
    for (const announced of [99, 101]) {
      await assert.rejects(() => store.put("wrong/size", chunked(patternBytes(100)), announced));
      assert.equal(await store.head("wrong/size"), undefined);
    }
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (Reflect.get(broken, "sent") === true) return controller.error(new Error("cut"));
        Reflect.set(broken, "sent", true);
        controller.enqueue(patternBytes(50));
      },
    });
    await assert.rejects(() => store.put("wrong/cut", broken, 100));
    assert.equal(await store.head("wrong/cut"), undefined);
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(patternBytes(65_536)),
    });
    await assert.rejects(() => store.put("wrong/endless", endless, BIG_BYTES));
    assert.equal(await store.head("wrong/endless"), undefined);
    assert.deepEqual(await keys(store, "wrong/"), []);
  });

  await t.step("list finds by string prefix and knows sizes", async () => {
    for (const key of ["l/a/1", "l/a/2", "l/ab", "l/b/1"]) {
      await store.put(key, chunked(patternBytes(key.length)), key.length);
    }
    assert.deepEqual(await keys(store, "l/a"), ["l/a/1", "l/a/2", "l/ab"]);
    assert.deepEqual(await keys(store, "l/a/"), ["l/a/1", "l/a/2"]);
    assert.deepEqual(await keys(store, "l/zzz"), []);
    for await (const info of store.list("l/b")) assert.equal(info.size, info.key.length);
    assert.ok((await keys(store, "")).length >= 8);
  });

  await t.step("keys outside the grammar are refused by every method", async () => {
    for (const key of HOSTILE_KEYS) {
      await assert.rejects(() => store.put(key, chunked(patternBytes(1)), 1), `put ${key}`);
      await assert.rejects(() => store.get(key), `get ${key}`);
      await assert.rejects(() => store.head(key), `head ${key}`);
      await assert.rejects(() => store.delete(key), `delete ${key}`);
    }
  });

  await t.step("a reader that leaves early frees what it held", async () => {
    const stream = await store.get("big/one");
    const reader = stream?.getReader();
    await reader?.read();
    await reader?.cancel();
  });
}

export const HOSTILE_KEYS = [
  "",
  "/etc/passwd",
  "../x",
  "a/../../x",
  "a/./b",
  "a//b",
  "a/",
  "..",
  ".tmp/x",
  "a\\..\\x",
  "a\0b",
  "a b",
  "%2e%2e/x",
  "a".repeat(201),
  "é",
  "C:/x",
];

/** Place of the first difference, -1 for none; `deepEqual` of megabytes is slow. */
function firstDifference(a: Uint8Array | undefined, b: Uint8Array): number {
  if (a === undefined || a.length !== b.length) return b.length;
  for (let i = 0; i < b.length; i++) if (a[i] !== b[i]) return i;
  return -1;
}
