import type { BrowserContext, Page } from "playwright-core";
import { waitFor } from "../../harness/wait_for.ts";

/** Louder than this is a tone; what is left of a shut one is far below. */
const HEARD_DB = -50;
const NEAR_HZ = 15;

/**
 * Runs before a page's own scripts: an ear at every loudspeaker, which hears what a person would,
 * and a way to falsify the keys that a page gives to its worker (`og-test-wrong-key`).
 */
export const EAR_SCRIPT = `
const ears = [];
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, ...more) {
  if (to instanceof AudioDestinationNode) {
    to.ear ??= new AnalyserNode(this.context, { fftSize: 16384, smoothingTimeConstant: 0 });
    if (!ears.includes(to.ear)) ears.push(to.ear);
    connect.call(this, to.ear);
  }
  return connect.call(this, to, ...more);
};
globalThis.heardTones = (wanted) => {
  const found = new Set();
  for (const ear of ears) {
    if (ear.context.state === "closed") continue;
    const bins = new Float32Array(ear.frequencyBinCount);
    ear.getFloatFrequencyData(bins);
    const width = ear.context.sampleRate / ear.fftSize;
    for (const hertz of wanted) {
      const from = Math.floor((hertz - ${NEAR_HZ}) / width);
      const to = Math.ceil((hertz + ${NEAR_HZ}) / width);
      if (bins.slice(from, to + 1).some((level) => level > ${HEARD_DB})) found.add(hertz);
    }
  }
  return [...found].sort((a, b) => a - b);
};
globalThis.levelOf = (hertz) => Math.max(...ears.map((ear) => {
  if (ear.context.state === "closed") return -Infinity;
  const bins = new Float32Array(ear.frequencyBinCount);
  ear.getFloatFrequencyData(bins);
  const width = ear.context.sampleRate / ear.fftSize;
  return Math.max(...bins.slice(
    Math.floor((hertz - ${NEAR_HZ}) / width),
    Math.ceil((hertz + ${NEAR_HZ}) / width) + 1,
  ));
}));
const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (words, ...more) {
  if (words?.kind === "learn") {
    (globalThis.baseKeys ??= []).push(words.epoch.baseKey.toHex());
    if (localStorage.getItem("og-test-wrong-key")) {
      const wrong = words.epoch.baseKey.map((byte) => byte ^ 0x55);
      words = { ...words, epoch: { ...words.epoch, baseKey: wrong } };
    }
  }
  return post.call(this, words, ...more);
};`;

/** Stands before the worker's own script: tells each frame as it came in and as it went on. */
const RECORDER = `
const Plain = TransformStream;
const told = new BroadcastChannel("og-test-frames");
TransformStream = class extends Plain {
  constructor({ transform }) {
    super({
      transform(frame, controller) {
        const before = new Uint8Array(frame.data).toHex();
        return transform(frame, {
          enqueue(made) {
            told.postMessage({ before, after: new Uint8Array(made.data).toHex() });
            controller.enqueue(made);
          },
        });
      },
    });
  }
};
`;

/** A frame in hex: `before` the worker had it, and as it gave it on. */
export interface Recorded {
  readonly before: string;
  readonly after: string;
}

/** Records the frames that go through the workers of a browser, the newest thousand of each page. */
export async function recordFrames(context: BrowserContext): Promise<void> {
  await context.route(/\/assets\/voice-[0-9a-f]+\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: RECORDER + await response.text() });
  });
  await context.addInitScript(`
    globalThis.recorded = [];
    new BroadcastChannel("og-test-frames").onmessage = ({ data }) => {
      recorded.push(data);
      if (recorded.length > 1000) recorded.shift();
    };`);
}

/** Waits until a page hears exactly these of all tones. */
export function hears(
  page: Page,
  tones: readonly number[],
  { of }: { of: readonly number[] },
): Promise<true> {
  const wanted = JSON.stringify([...tones].sort((a, b) => a - b));
  let last = "";
  return waitFor(`${wanted} to be heard`, async () => {
    last = JSON.stringify(await page.evaluate(`heardTones(${JSON.stringify(of)})`));
    return last === wanted;
  }).catch((error) => {
    throw new Error(`${error.message} Last heard: ${last}`);
  });
}
