import assert from "node:assert/strict";
import { join } from "node:path";
import {
  avifWithGps,
  concat,
  indexOf,
  mp4WithPlace,
  sample,
  SECRET_CAMERA,
  SECRET_LATITUDE,
} from "../../../../tests/harness/pictures.ts";
import { tempFolder } from "../../../../tests/harness/temp_folder.ts";
import { blankBoxes, type BlankedFile } from "./blank_boxes.ts";

async function blank(bytes: Uint8Array): Promise<BlankedFile & { bytes: Uint8Array }> {
  await using folder = await tempFolder();
  const path = join(folder.path, "file");
  await Deno.writeFile(path, bytes);
  using file = await Deno.open(path, { read: true, write: true });
  const result = await blankBoxes(file);
  return { ...result, bytes: await Deno.readFile(path) };
}

Deno.test("a video loses its place and keeps its size, its tracks and its pictures", async () => {
  const input = mp4WithPlace();
  assert.ok(indexOf(input, SECRET_CAMERA) >= 0);
  const { bytes, whole, width, height } = await blank(input);
  assert.equal(whole, true);
  assert.deepEqual([width, height], [640, 360]);
  assert.equal(bytes.length, input.length);
  for (const secret of [SECRET_CAMERA, "+48.1371", "udta", "meta"]) {
    assert.equal(indexOf(bytes, secret), -1, secret);
  }
  assert.ok(indexOf(bytes, "tkhd") > 0);
  assert.ok(indexOf(bytes, new Uint8Array(64).fill(7)) > 0, "the media data is untouched");
});

Deno.test("an AVIF loses its EXIF item and keeps its picture item", async () => {
  const input = avifWithGps();
  assert.ok(indexOf(input, SECRET_LATITUDE) >= 0);
  const { bytes, whole, width, height } = await blank(input);
  assert.equal(whole, true);
  assert.deepEqual([width, height], [24, 16]);
  assert.equal(indexOf(bytes, SECRET_CAMERA), -1);
  assert.equal(indexOf(bytes, SECRET_LATITUDE), -1);
  const picture = sample("avif");
  const pixels = picture.slice(indexOf(picture, "mdat") + 4);
  assert.ok(indexOf(bytes, pixels) > 0, "the picture's own bytes are untouched");
});

Deno.test("a clean AVIF is not changed at all", async () => {
  const { bytes } = await blank(sample("avif"));
  assert.deepEqual(bytes, sample("avif"));
});

Deno.test("what follows the last box is cut off; a video that broke off keeps what it has", async () => {
  for (const make of [mp4WithPlace, avifWithGps]) {
    const { bytes, whole } = await blank(concat(make(), SECRET_CAMERA, "<script>"));
    assert.deepEqual([whole, bytes.length], [true, make().length]);
  }
  const broken = mp4WithPlace().slice(0, -20);
  const { bytes, whole } = await blank(broken);
  assert.deepEqual([whole, bytes.length], [false, broken.length]);
});

Deno.test("boxes that lie about their size end the work without harm", async () => {
  for (const input of [mp4WithPlace(), avifWithGps()]) {
    for (let at = 0; at < Math.min(input.length, 400); at += 3) {
      for (const value of [0x00, 0x01, 0x7f, 0xff]) {
        const bytes = input.slice();
        bytes[at] = value;
        const result = await blank(bytes);
        assert.ok(result.bytes.length <= bytes.length);
      }
    }
  }
  assert.equal((await blank(concat("\0\0\0\x04free"))).whole, false);
  assert.equal((await blank(concat("\xff\xff\xff\xffftyp"))).whole, false);
});
