import { join } from "node:path";
import { blankBoxes } from "./blank_boxes.ts";
import { drawPicture, writeDrawn } from "./draw_picture.ts";
import { type BoxType, type DrawnType, PictureJob, type PictureResult } from "./protocol.ts";
import { stripGif } from "./strip_gif.ts";
import { stripJpeg } from "./strip_jpeg.ts";
import type { Stripped } from "./stripped.ts";
import { stripPng } from "./strip_png.ts";
import { stripWebp } from "./strip_webp.ts";
import { faultText, loadVips, type VipsModule } from "./vips.ts";

const STRIP: Readonly<Record<DrawnType, (input: Uint8Array) => Stripped>> = {
  "image/jpeg": stripJpeg,
  "image/png": stripPng,
  "image/webp": stripWebp,
  "image/gif": stripGif,
};
/** Of these, browsers can show what was only blanked. */
const SHOWN_AS_THEY_ARE = new Set<string>([
  "image/avif",
  "video/mp4",
  "video/quicktime",
  "audio/mp4",
  "audio/x-m4a",
]);

/**
 * The body of the hidden subcommand `picture-worker`: a job a line on standard input, its result
 * a line on standard output, one at a time, until the input ends. It trusts its parent alone and
 * is ended by it, whenever and however.
 */
export async function runPictureWorker(): Promise<void> {
  let vips: VipsModule | undefined;
  const encoder = new TextEncoder();
  for await (const line of lines(Deno.stdin.readable)) {
    const job = PictureJob.parse(JSON.parse(line));
    if (job.mode === "draw" && isDrawn(job.type)) vips ??= await loadVips();
    const result = await processPicture(job, vips);
    const answer = encoder.encode(JSON.stringify(result) + "\n");
    for (let rest = answer; rest.length > 0;) rest = rest.subarray(await Deno.stdout.write(rest));
  }
}

async function processPicture(
  job: PictureJob,
  vips: VipsModule | undefined,
): Promise<PictureResult> {
  if (!isDrawn(job.type)) return await processBoxes(job, job.type);
  const input = await Deno.readFile(job.input);
  const stripped = STRIP[job.type](input);
  let fault = stripped.whole ? "not asked to draw it" : "it is damaged";
  if (vips !== undefined && stripped.whole && job.mode === "draw") {
    try {
      const drawn = drawPicture(vips, { input, stripped, type: job.type }, job);
      return await writeDrawn(drawn, job.outputFolder);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) throw error;
      fault = faultText(error);
    }
  }
  const path = join(job.outputFolder, "stripped");
  await Deno.writeFile(path, stripped.bytes, { mode: 0o600 });
  return undrawn({ path, type: job.type, fault });
}

async function processBoxes(job: PictureJob, type: BoxType): Promise<PictureResult> {
  const file = await Deno.open(job.input, { read: true, write: true });
  try {
    const { whole, width, height } = await blankBoxes(file);
    const drawn = whole && SHOWN_AS_THEY_ARE.has(type);
    const fault = whole ? null : "its boxes make no sense";
    return { ...undrawn({ path: job.input, type, fault }), drawn, width, height };
  } finally {
    file.close();
  }
}

function undrawn(
  facts: { path: string; type: string; fault: string | null },
): PictureResult {
  return { ...facts, drawn: false, width: null, height: null, thumbhash: null, thumbnails: [] };
}

function isDrawn(type: DrawnType | BoxType): type is DrawnType {
  return Object.hasOwn(STRIP, type);
}

async function* lines(input: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of input) {
    rest += decoder.decode(chunk, { stream: true });
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
      yield rest.slice(0, end);
      rest = rest.slice(end + 1);
    }
  }
}

if (import.meta.main) await runPictureWorker();
