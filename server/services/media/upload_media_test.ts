import assert from "node:assert/strict";
import { createBLAKE3 } from "hash-wasm";
import { OperationError } from "../../../core/errors.ts";
import type { ErrorCode } from "../../../core/api/error.ts";
import { encodeBase58Of32 } from "../../../core/ids/base58.ts";
import {
  ALICE,
  BOB,
  filesBelow,
  openTestMedia,
  type TestMedia,
  upload,
} from "../../../tests/harness/media.ts";
import {
  avifWithGps,
  concat,
  gifWithSecrets,
  indexOf,
  jpegWithGps,
  mp4WithPlace,
  png,
  pngBomb,
  pngWithGps,
  sample,
  SECRET_CAMERA,
  webpWithGps,
} from "../../../tests/harness/pictures.ts";
import { getMediaUsage } from "./get_media_usage.ts";
import { uploadMedia } from "./upload_media.ts";

async function refused(code: ErrorCode, work: () => Promise<unknown>): Promise<OperationError> {
  let found: unknown;
  await assert.rejects(work, (error: unknown) => {
    found = error;
    assert.ok(error instanceof OperationError, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  });
  return found as OperationError;
}

/** Nothing is stored, spooled or counted. */
async function assertNothingLeft(test: TestMedia): Promise<void> {
  await test.media.jobs.runOnce();
  assert.deepEqual(filesBelow(test.blobFolder), []);
  assert.deepEqual(filesBelow(test.spoolFolder), []);
  assert.deepEqual([...await test.deps.sql`select * from media`], []);
  assert.equal((await getMediaUsage(test.deps, ALICE)).bytes, 0);
}

function storedBytes(test: TestMedia): Uint8Array {
  const [path] = filesBelow(test.blobFolder).filter((name) => name.endsWith("/original"));
  return Deno.readFileSync(`${test.blobFolder}/${path}`);
}

Deno.test("an upload is stored as it will be served, and described", async () => {
  await using test = await openTestMedia();
  const bytes = concat("some text, then bytes \0\x01");
  const media = await upload(test.deps, bytes, { name: "../notes.bin" });
  assert.match(media.uri, /^mxc:\/\/og\.test\/[1-9A-HJ-NP-Za-km-z]{16,22}$/);
  assert.deepEqual({ ...media, uri: "" }, {
    uri: "",
    name: "notes.bin",
    type: "application/octet-stream",
    size: bytes.length,
    width: null,
    height: null,
    thumbhash: null,
  });
  assert.deepEqual(storedBytes(test), bytes);
  const hasher = await createBLAKE3();
  const [row] = await test.deps.sql`select blake3, inline from media`;
  assert.equal(row?.["blake3"], encodeBase58Of32(hasher.update(bytes).digest("binary")));
  assert.equal(row?.["inline"], false);
  assert.deepEqual(filesBelow(test.spoolFolder), []);
  assert.equal(test.media.counters.get("uploaded_bytes"), bytes.length);
});

Deno.test("every kind of picture and video is stored without place and camera", async () => {
  await using test = await openTestMedia();
  const cases: [Uint8Array, string][] = [
    [jpegWithGps(), "image/jpeg"],
    [jpegWithGps(6), "image/jpeg"],
    [pngWithGps(), "image/png"],
    [webpWithGps(), "image/webp"],
    [gifWithSecrets(), "image/gif"],
    [avifWithGps(), "image/avif"],
    [mp4WithPlace(), "video/mp4"],
    [jpegWithGps().slice(0, 500), "image/jpeg"],
  ];
  for (const [bytes, type] of cases) {
    assert.ok(indexOf(bytes, SECRET_CAMERA) >= 0);
    assert.equal((await upload(test.deps, bytes)).type, type);
  }
  const files = filesBelow(test.blobFolder);
  // The moving picture has a still one beside it.
  assert.equal(files.length, cases.length + 1);
  assert.equal(files.filter((name) => name.endsWith("/original")).length, cases.length);
  for (const path of files) {
    const stored = Deno.readFileSync(`${test.blobFolder}/${path}`);
    assert.equal(indexOf(stored, SECRET_CAMERA), -1, path);
  }
});

Deno.test("a large picture gets its small versions beside it", async () => {
  await using test = await openTestMedia();
  const media = await upload(test.deps, png(1200, 600), { name: "wide.png" });
  assert.deepEqual([media.width, media.height, media.type], [1200, 600, "image/png"]);
  assert.deepEqual(
    filesBelow(test.blobFolder).map((path) => path.split("/").at(-1)),
    ["large", "medium", "original", "small"],
  );
  const avatar = await upload(test.deps, png(1200, 600), { name: "me.png", purpose: "avatar" });
  assert.deepEqual([avatar.width, avatar.height, avatar.type], [512, 256, "image/webp"]);
  assert.equal(avatar.name, "me.webp");
});

Deno.test("a picture that cannot be drawn becomes an attachment; as an avatar it is refused", async () => {
  await using test = await openTestMedia();
  for (const bytes of [pngBomb(20_000, 20_000), png(30, 30, { pixels: new Uint8Array(5) })]) {
    const media = await upload(test.deps, bytes);
    assert.deepEqual([media.type, media.width, media.thumbhash], ["image/png", null, null]);
    await refused("unsupported_media", () => upload(test.deps, bytes, { purpose: "avatar" }));
  }
  for (const bytes of [concat("<svg/>"), mp4WithPlace(), avifWithGps(), concat("GIF89a")]) {
    await refused("unsupported_media", () => upload(test.deps, bytes, { purpose: "emoji" }));
  }
  const rows = await test.deps.sql`select inline from media`;
  assert.deepEqual(rows.map((row) => row["inline"]), [false, false]);
});

Deno.test("size is checked before a byte is read, and held to while it streams", async () => {
  await using test = await openTestMedia({ settings: { maxUpload: 1000 } });
  let pulled = 0;
  const endless = () =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(100));
      },
    }, { highWaterMark: 0 });
  const send = (contentLength: string | null, body: ReadableStream<Uint8Array> | null) =>
    uploadMedia(test.deps, {
      owner: ALICE,
      fileName: "x",
      purpose: "attachment",
      contentLength,
      body,
      signal: new AbortController().signal,
    });
  await refused("too_large", () => send("1001", endless()));
  for (const length of [null, "", "-1", "1e3", "0x10", "10, 10", "9".repeat(30), "0"]) {
    await refused("invalid", () => send(length, endless()));
  }
  await refused("invalid", () => send("10", null));
  assert.equal(pulled, 0, "nothing was read");
  await refused("invalid", () => send("1000", endless()));
  assert.equal(pulled, 11, "it stops at the first byte too many");
  await refused("invalid", () => send("100", new Blob([new Uint8Array(99)]).stream()));
  await assertNothingLeft(test);
});

Deno.test("an upload that is broken off leaves nothing", async () => {
  await using test = await openTestMedia();
  const leaving = new AbortController();
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(new Uint8Array(10));
      queueMicrotask(() => leaving.abort(new Error("gone")));
      return new Promise(() => {});
    },
  });
  await assert.rejects(() =>
    uploadMedia(test.deps, {
      owner: ALICE,
      fileName: "x",
      purpose: "attachment",
      contentLength: "1000",
      body,
      signal: leaving.signal,
    }), /gone/);
  const cut = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.error(new Error("connection reset"));
    },
  });
  await assert.rejects(() =>
    uploadMedia(test.deps, {
      owner: ALICE,
      fileName: "x",
      purpose: "attachment",
      contentLength: "1000",
      body: cut,
      signal: new AbortController().signal,
    }), /connection reset/);
  const late = new AbortController();
  const blobs = Object.create(test.deps.blobs, {
    put: {
      async value(...file: Parameters<typeof test.deps.blobs.put>) {
        await test.deps.blobs.put(...file);
        late.abort(new Error("gone before the answer"));
      },
    },
  }) as typeof test.deps.blobs;
  await assert.rejects(() =>
    uploadMedia({ ...test.deps, blobs }, {
      owner: ALICE,
      fileName: "x",
      purpose: "attachment",
      contentLength: "1000",
      body: new Blob([new Uint8Array(1000)]).stream(),
      signal: late.signal,
    }), /gone before the answer/);
  await assertNothingLeft(test);
});

Deno.test("the quota holds for each user, also for uploads at the same time", async () => {
  await using test = await openTestMedia({ settings: { userQuota: 1000 } });
  const send = (size: number, owner = ALICE) =>
    upload(test.deps, new Uint8Array(size).fill(1), { owner });
  await send(400);
  const error = await refused("limit_reached", () => send(601));
  assert.deepEqual(error.details, { quota_bytes: 1000, used_bytes: 400, size: 601 });
  const results = await Promise.allSettled([send(350), send(350), send(350), send(350)]);
  assert.equal(results.filter((result) => result.status === "fulfilled").length, 1);
  await send(900, BOB);
  assert.deepEqual(await getMediaUsage(test.deps, ALICE), {
    files: 2,
    bytes: 750,
    quota_bytes: 1000,
    max_upload_bytes: 25 * 1024 * 1024,
  });
  assert.equal(test.media.counters.get("refused_uploads"), 4);
});

Deno.test("one user has only so many uploads under way", async () => {
  await using test = await openTestMedia();
  const open: ReadableStreamDefaultController<Uint8Array>[] = [];
  const pending = Array.from({ length: 6 }, () =>
    uploadMedia(test.deps, {
      owner: ALICE,
      fileName: "slow",
      purpose: "attachment",
      contentLength: "5",
      body: new ReadableStream({ start: (controller) => void open.push(controller) }),
      signal: new AbortController().signal,
    }));
  await refused("rate_limited", () => upload(test.deps, new Uint8Array(5)));
  await upload(test.deps, new Uint8Array(5).fill(9), { owner: BOB });
  for (const controller of open) {
    controller.enqueue(new Uint8Array(5).fill(7));
    controller.close();
  }
  await Promise.all(pending);
  await upload(test.deps, new Uint8Array(5).fill(9));
});

Deno.test("types the owner refuses are not taken, and the list of shown types is the owner's", async () => {
  await using test = await openTestMedia({
    settings: { refusedTypes: ["application/pdf"], inlineTypes: ["image/png"] },
  });
  await refused("unsupported_media", () => upload(test.deps, concat("%PDF-1.7\n")));
  await upload(test.deps, png(4, 4));
  await upload(test.deps, sample("jpeg"));
  const rows = await test.deps.sql`select type, inline from media order by type`;
  assert.deepEqual(rows.map((row) => [row["type"], row["inline"]]), [
    ["image/jpeg", false],
    ["image/png", true],
  ]);
});
