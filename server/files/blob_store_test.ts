import assert from "node:assert/strict";
import { join } from "node:path";
import {
  blobStoreContract,
  chunked,
  HOSTILE_KEYS,
  patternBytes,
} from "../../tests/contract/blob_store.ts";
import { FolderBlobStore } from "./blob_store.ts";

async function inFolder(test: (root: string, outside: string) => Promise<void>): Promise<void> {
  const outside = await Deno.makeTempDir({ prefix: "og-blobs-" });
  try {
    await test(join(outside, "blobs"), outside);
  } finally {
    await Deno.remove(outside, { recursive: true });
  }
}

Deno.test("folder blob store: contract", async (t) => {
  await inFolder(async (root) => await blobStoreContract(t, await FolderBlobStore.open(root)));
});

Deno.test("folder blob store: hostile keys leave nothing outside the folder", async () => {
  await inFolder(async (root, outside) => {
    const store = await FolderBlobStore.open(root);
    for (const key of HOSTILE_KEYS) {
      await assert.rejects(() => store.put(key, chunked(patternBytes(3)), 3));
    }
    const names = [...Deno.readDirSync(outside)].map((entry) => entry.name);
    assert.deepEqual(names, ["blobs"]);
    assert.deepEqual([...Deno.readDirSync(root)].map((entry) => entry.name), [".tmp"]);
    assert.deepEqual([...Deno.readDirSync(join(root, ".tmp"))], []);
  });
});

Deno.test("folder blob store: what a crash left unfinished is removed", async () => {
  await inFolder(async (root) => {
    const first = await FolderBlobStore.open(root);
    await first.put("kept", chunked(patternBytes(5)), 5);
    await Deno.writeFile(join(root, ".tmp", "half"), patternBytes(100));
    const second = await FolderBlobStore.open(root);
    await second.removeUnfinished();
    assert.deepEqual([...Deno.readDirSync(join(root, ".tmp"))], []);
    assert.equal((await second.head("kept"))?.size, 5);
  });
});

Deno.test("folder blob store: an empty range request on an empty blob is refused", async () => {
  await inFolder(async (root) => {
    const store = await FolderBlobStore.open(root);
    await store.put("empty", chunked(new Uint8Array()), 0);
    await assert.rejects(() => store.get("empty", { start: 0, end: 0 }), RangeError);
  });
});
