import assert from "node:assert/strict";
import {
  avifWithGps,
  concat,
  jpegWithGps,
  mp4WithPlace,
  png,
  sample,
} from "../../../tests/harness/pictures.ts";
import { sniffType } from "./sniff_type.ts";

Deno.test("a type is told from the bytes", async () => {
  const cases: [Uint8Array, string, string | null][] = [
    [jpegWithGps(), "image/jpeg", "image/jpeg"],
    [png(2, 2), "image/png", "image/png"],
    [sample("webp"), "image/webp", "image/webp"],
    [sample("gif"), "image/gif", "image/gif"],
    [avifWithGps(), "image/avif", "image/avif"],
    [mp4WithPlace(), "video/mp4", "video/mp4"],
    [concat("\0\0\0\x18ftypcrx \0\0\0\x01crx isom"), "image/x-canon-cr3", "video/mp4"],
    [concat("%PDF-1.7\n"), "application/pdf", null],
    [concat("OggS\0\x02", new Uint8Array(20), "\x01\x1eOpusHead"), "audio/ogg", null],
    [concat("hello\nworld"), "text/plain", null],
    [concat("caf\xc3"), "text/plain", null],
    [concat("\xff\xfe\x00\x01"), "application/octet-stream", null],
    [concat("\x01\x02"), "application/octet-stream", null],
  ];
  for (const [bytes, type, work] of cases) {
    assert.deepEqual(await sniffType(bytes), { type, work });
  }
});

Deno.test("nothing that runs in a page is ever told as something shown in place", async () => {
  const pages = [
    "<!doctype html><script>alert(1)</script>",
    "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><script/></html>",
    "\ufeff<html>",
    "<?php system($_GET[0]);",
    "alert(1)",
  ];
  for (const page of pages) {
    const { type, work } = await sniffType(new TextEncoder().encode(page));
    assert.match(type, /^(text\/plain|application\/xml|application\/octet-stream)$/, page);
    assert.equal(work, null);
  }
});
