import assert from "node:assert/strict";
import {
  exifWithGps,
  gifWithSecrets,
  indexOf,
  jpegWithGps,
  pngWithGps,
  sample,
  SECRET_CAMERA,
  SECRET_LATITUDE,
  webpWithGps,
} from "../../../../tests/harness/pictures.ts";
import { exifOrientation } from "./exif_orientation.ts";
import { stripGif } from "./strip_gif.ts";
import { stripJpeg } from "./strip_jpeg.ts";
import type { Stripped } from "./stripped.ts";
import { stripPng } from "./strip_png.ts";
import { stripWebp } from "./strip_webp.ts";

function assertClean(bytes: Uint8Array): void {
  assert.equal(indexOf(bytes, SECRET_CAMERA), -1);
  assert.equal(indexOf(bytes, SECRET_LATITUDE), -1);
}

const KINDS: [string, (input: Uint8Array) => Stripped, () => Uint8Array][] = [
  ["JPEG", stripJpeg, jpegWithGps],
  ["PNG", stripPng, pngWithGps],
  ["WebP", stripWebp, webpWithGps],
  ["GIF", stripGif, gifWithSecrets],
];

for (const [name, strip, make] of KINDS) {
  Deno.test(`${name}: place, camera and comments go, and a second time changes nothing`, () => {
    const input = make();
    assert.ok(indexOf(input, SECRET_CAMERA) >= 0, "the picture must have something to lose");
    const stripped = strip(input);
    assertClean(stripped.bytes);
    assert.equal(stripped.whole, true);
    assert.deepEqual(strip(stripped.bytes).bytes, stripped.bytes);
  });

  Deno.test(`${name}: cut anywhere, what is kept has no metadata and no error is thrown`, () => {
    const input = make();
    for (let length = 0; length < input.length; length++) {
      assertClean(strip(input.slice(0, length)).bytes);
    }
  });
}

Deno.test("what has no metadata keeps every byte", () => {
  const picture = sample("gif");
  assert.deepEqual(stripGif(picture).bytes, picture);
  assert.deepEqual(stripWebp(sample("animatedWebp")).bytes, sample("animatedWebp"));
  assert.equal(stripWebp(sample("animatedWebp")).animated, true);
  assert.equal(stripGif(picture).animated, true);
});

Deno.test("the orientation is read in both byte orders, and nonsense counts as none", () => {
  for (const orientation of [1, 3, 6, 8]) {
    assert.equal(exifOrientation(exifWithGps(orientation)), orientation);
    assert.equal(stripJpeg(jpegWithGps(orientation)).orientation, orientation);
    assert.equal(stripWebp(webpWithGps(orientation)).orientation, orientation);
  }
  const big = Uint8Array.of(0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6);
  assert.equal(exifOrientation(new Uint8Array([...big, 0, 0])), 6);
  assert.equal(exifOrientation(exifWithGps(77)), 1);
  for (let length = 0; length < 60; length++) exifOrientation(exifWithGps(6).slice(0, length));
});
