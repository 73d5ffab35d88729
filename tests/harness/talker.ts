import { type Browser, chromium } from "playwright-core";
import { launchOptions } from "./browser.ts";

/** This machine under a name that browsers do not trust over plain HTTP. */
export const PLAIN_HOST = "plain.test";

const SAMPLE_RATE = 48_000;
const WAV_HEADER = 44;

/** A second of a tone as a WAV file, mono, 16 bits. Whole hertz repeat without a seam. */
export function toneFile(hertz: number, loudness = 0.5): Uint8Array {
  const bytes = new Uint8Array(WAV_HEADER + SAMPLE_RATE * 2);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string) => bytes.set(new TextEncoder().encode(value), at);
  text(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, SAMPLE_RATE, true);
  view.setUint32(28, SAMPLE_RATE * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, SAMPLE_RATE * 2, true);
  for (let at = 0; at < SAMPLE_RATE; at++) {
    const sample = loudness * Math.sin(2 * Math.PI * hertz * at / SAMPLE_RATE);
    view.setInt16(WAV_HEADER + at * 2, Math.round(sample * 0x7fff), true);
  }
  return bytes;
}

/**
 * A browser whose microphone plays a tone over and over, and which asks nobody before it opens it.
 * With `shares` it lets pages share the tab whose title holds this, with its real picture and sound;
 * its pages then need the permission for the microphone: who answers for people in the one question
 * gives an invented screen without sound in the other.
 */
export async function launchTalker(
  folder: string,
  hertz: number,
  { shares }: { readonly shares?: string } = {},
): Promise<Browser> {
  const file = `${folder}/${hertz}.wav`;
  await Deno.writeFile(file, toneFile(hertz));
  const { args, ...options } = launchOptions();
  return chromium.launch({
    ...options,
    // A muted browser captures silence.
    ...(shares !== undefined && { ignoreDefaultArgs: ["--mute-audio"] }),
    args: [
      ...args,
      "--use-fake-device-for-media-stream",
      shares === undefined
        ? "--use-fake-ui-for-media-stream"
        : `--auto-select-tab-capture-source-by-title=${shares}`,
      `--use-file-for-fake-audio-capture=${file}`,
      "--autoplay-policy=no-user-gesture-required",
      // A machine without a network still talks to itself.
      "--allow-loopback-in-peer-connection",
      `--host-resolver-rules=MAP ${PLAIN_HOST} 127.0.0.1`,
    ],
  });
}
