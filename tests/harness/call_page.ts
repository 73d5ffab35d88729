import type { Browser, Page } from "playwright-core";
import type { Seat, Sfu } from "../../voice/sfu/sfu.ts";
import { sitDown } from "./lounge.ts";

/** Runs in the page: one peer connection that answers what it is offered, and listens. */
const SCRIPT = `
const pc = new RTCPeerConnection();
const context = new AudioContext({ sampleRate: 48000 });
const ears = new Map();
let microphone;
pc.ontrack = ({ track, transceiver }) => {
  const stream = new MediaStream([track]);
  // Chromium feeds a remote stream to Web Audio only while an element plays it.
  const element = new Audio();
  element.muted = true;
  element.srcObject = stream;
  element.play();
  const ear = new AnalyserNode(context, { fftSize: 16384, smoothingTimeConstant: 0 });
  context.createMediaStreamSource(stream).connect(ear);
  ears.set(transceiver.mid, ear);
};
globalThis.call = {
  async answer(sdp) {
    await pc.setRemoteDescription({ type: "offer", sdp });
    if (microphone === undefined) {
      const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      const media = await navigator.mediaDevices.getUserMedia({ audio });
      microphone = media.getAudioTracks()[0];
      const own = pc.getTransceivers()[0];
      own.direction = "sendonly";
      await own.sender.replaceTrack(microphone);
    }
    await pc.setLocalDescription();
    return pc.localDescription.sdp;
  },
  // The strongest tone of a part, in hertz; undefined where nothing is heard.
  tone(mid) {
    const ear = ears.get(mid);
    if (ear === undefined) return undefined;
    const bins = new Float32Array(ear.frequencyBinCount);
    ear.getFloatFrequencyData(bins);
    const loudest = bins.reduce((best, value, at) => value > bins[best] ? at : best, 0);
    return bins[loudest] > -60 ? loudest * 48000 / ear.fftSize : undefined;
  },
};
undefined`;

/** Somebody in a call: a page of a real browser and its seat. */
export interface Talker {
  readonly page: Page;
  readonly seat: Seat;
  /** What they hear of somebody now, in hertz. */
  hears(participant: string): Promise<number | undefined>;
  /** The last offer that was answered. */
  readonly answered: number;
  /** Every fault of an answer so far. */
  readonly faults: string[];
}

/** Joins `name` to the call with an empty page of `browser`, and answers every offer from then on. */
export async function joinCall(
  sfu: Sfu,
  browser: Browser,
  name: string,
  options: { readonly change?: (sdp: string) => string; readonly url: string },
): Promise<Talker> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(options.url);
  await page.evaluate(SCRIPT);
  const seat = sitDown(sfu, name);
  const faults: string[] = [];
  let answered = 0;
  const reply = async (offer: Seat["offer"]) => {
    const sdp = options.change?.(offer.sdp) ?? offer.sdp;
    const answer = await page.evaluate<string>(`call.answer(${JSON.stringify(sdp)})`);
    const result = seat.answer(offer.seq, answer);
    if (result.ok) answered = offer.seq;
    else faults.push(result.reason);
  };
  seat.onOffer((offer) =>
    void reply(offer).catch((error) => {
      // A page that was closed answers no more.
      if (!page.isClosed()) faults.push(String(error));
    })
  );
  await reply(seat.offer);
  return {
    page,
    seat,
    faults,
    get answered() {
      return answered;
    },
    hears(participant) {
      const part = seat.offer.mids.find((each) => each.participant === participant);
      return part === undefined
        ? Promise.resolve(undefined)
        : page.evaluate<number | undefined>(`call.tone(${JSON.stringify(part.mid)})`);
    },
  };
}
