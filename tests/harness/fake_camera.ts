import { type Browser, chromium } from "playwright-core";
import encodeQR from "qr";
import { launchOptions } from "./browser.ts";

const WIDTH = 640;
const HEIGHT = 480;
const FPS = 5;
/** How long each code is before the camera. */
const FRAMES = 15;

/**
 * YUV4MPEG2 of codes that are shown one after the other, dark on light, as large as they fit: what
 * Chromium's fake camera plays over and over.
 */
export function codeVideo(texts: readonly string[]): Uint8Array {
  const encoder = new TextEncoder();
  const parts = [encoder.encode(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FPS}:1 Ip A1:1 C420jpeg\n`)];
  for (const text of texts) {
    const modules = encodeQR(text, "raw", { ecc: "medium", border: 4 });
    const scale = Math.floor(HEIGHT / modules.length);
    const [left, top] = [WIDTH, HEIGHT].map((side) => (side - modules.length * scale) >> 1);
    const luma = new Uint8Array(WIDTH * HEIGHT).fill(235);
    for (let y = 0; y < modules.length * scale; y++) {
      for (let x = 0; x < modules.length * scale; x++) {
        if (!modules[Math.floor(y / scale)]?.[Math.floor(x / scale)]) continue;
        luma[((top ?? 0) + y) * WIDTH + (left ?? 0) + x] = 16;
      }
    }
    const chroma = new Uint8Array(WIDTH * HEIGHT / 2).fill(128);
    for (let n = 0; n < FRAMES; n++) parts.push(encoder.encode("FRAME\n"), luma, chroma);
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A browser whose camera sees QR codes, and which asks nobody before it opens it. */
export async function launchCamera(
  folder: string,
  texts: readonly string[],
): Promise<AsyncDisposable & { readonly browser: Browser }> {
  const file = `${folder}/codes.y4m`;
  await Deno.writeFile(file, codeVideo(texts));
  const { args, ...options } = launchOptions();
  const browser = await chromium.launch({
    ...options,
    args: [
      ...args,
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      `--use-file-for-fake-video-capture=${file}`,
    ],
  });
  return { browser, [Symbol.asyncDispose]: () => browser.close() };
}
