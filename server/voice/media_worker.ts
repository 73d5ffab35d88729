/// <reference lib="deno.worker" />
import type { Log } from "../../core/ports/log.ts";
import { chooseEngine } from "../../voice/fast/open_fast.ts";
import type { Media } from "../../voice/sfu/media.ts";
import { openMedia } from "../../voice/sfu/open_media.ts";
import { systemClock } from "../system/clock.ts";
import type { FromThread, ToThread } from "./thread_words.ts";

/** How often figures are told, where they have changed. */
const STATS_MS = 1000;

const say = (words: FromThread) => self.postMessage(words);

const log: Log = {
  log: (level, message, fields = {}) => say({ kind: "log", level, message, fields }),
  child: () => log,
};

const stop = new AbortController();
let media: Media | undefined;
let telling: Promise<void> = Promise.resolve();

async function start({ plan, engine: wish }: Extract<ToThread, { kind: "start" }>): Promise<void> {
  try {
    const parts = { clock: systemClock, log };
    const engine = await chooseEngine(wish, parts);
    media = await openMedia(
      plan,
      { ...parts, engine },
      (report) => say({ kind: "report", report }),
    );
  } catch (error) {
    return say({ kind: "failed", message: (error as Error).message });
  }
  const { port, engine, candidates } = media;
  say({ kind: "ready", port, engine, candidates });
  telling = tellStats(media);
}

async function tellStats(of: Media): Promise<void> {
  let told = "";
  while (!stop.signal.aborted) {
    const stats = of.stats();
    const text = JSON.stringify(stats);
    if (text !== told) say({ kind: "stats", stats });
    told = text;
    // Rejects when the thread stops, and for no other reason.
    await systemClock.sleep(STATS_MS, stop.signal).catch(() => {});
  }
}

async function handle(words: ToThread): Promise<void> {
  if (words.kind === "start") return await start(words);
  if (words.kind === "order") return media?.tell(words.order);
  stop.abort();
  await telling;
  await media?.[Symbol.asyncDispose]();
  say({ kind: "stopped" });
  self.close();
}

/** One after the other: orders that come while the socket opens wait for it. */
let last: Promise<void> = Promise.resolve();
self.onmessage = ({ data }: MessageEvent<ToThread>) => {
  last = last.then(() => handle(data));
};
