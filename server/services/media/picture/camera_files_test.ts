import assert from "node:assert/strict";
import { join } from "node:path";
import { indexOf } from "../../../../tests/harness/pictures.ts";
import { tempFolder } from "../../../../tests/harness/temp_folder.ts";
import { sniffType } from "../sniff_type.ts";
import { blankBoxes } from "./blank_boxes.ts";

const FIXTURES = new URL("../../../../tests/fixtures/media/", import.meta.url);

/**
 * A test pattern as the programs behind phones write it, with camera, owner and place put in by
 * ExifTool: libheif (HEIC with Exif and XMP items), libjxl (a JPEG in a JPEG XL container with Exif
 * and XMP boxes, plain, compressed and in what gives back the JPEG), ffmpeg (MOV with QuickTime keys, user data and an XMP box).
 */
const FILES = [
  { name: "phone.heic", type: "image/heic", size: [64, 64], kept: ["hvcC", "mdat"] },
  { name: "phone.jxl", type: "image/jxl", size: [null, null], kept: ["jxlp"] },
  { name: "phone.mov", type: "video/quicktime", size: [64, 48], kept: ["moov", "avcC", "mdat"] },
] as const;

/** 48.1371 as an Exif rational of degrees, minutes and seconds begins with 48/1, 8/1. */
const LATITUDE = Uint8Array.of(0, 0, 0, 48, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 1);
const SECRETS = [
  // Compressed ones, whose words cannot be looked for.
  "brob",
  "jbrd",
  "SecretCamera",
  "Secret Owner",
  "Secret City",
  "Secret title",
  "+48.1371",
  LATITUDE,
];

for (const { name, type, size, kept } of FILES) {
  Deno.test(`${name}: camera, owner and place are gone, the picture is not`, async () => {
    await using folder = await tempFolder();
    const path = join(folder.path, name);
    const input = await Deno.readFile(new URL(name, FIXTURES));
    await Deno.writeFile(path, input);
    const present = SECRETS.filter((secret) => indexOf(input, secret) >= 0);
    assert.ok(present.length >= 2, `${name} holds ${present.length} secrets only`);
    using file = await Deno.open(path, { read: true, write: true });
    const { whole, width, height } = await blankBoxes(file);
    const output = await Deno.readFile(path);
    assert.deepEqual([whole, width, height], [true, ...size]);
    assert.equal(output.length, input.length);
    for (const secret of SECRETS) assert.equal(indexOf(output, secret), -1, String(secret));
    for (const part of kept) assert.ok(indexOf(output, part) >= 0, part);
    assert.equal((await sniffType(output)).type, type);
  });
}
