/** What browsers with a detector of codes offer; TypeScript does not know it yet. */
interface BarcodeDetector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
interface DetectorMaker {
  new (options: { readonly formats: readonly string[] }): BarcodeDetector;
  getSupportedFormats(): Promise<readonly string[]>;
}

/** A look at the picture so often: a hand that holds a phone is slower. */
const LOOK_MS = 200;
/** The longer side of what is looked at, where the browser does not do it by itself (pixels). */
const LOOK_PIXELS = 640;

/** What one look at the picture finds. */
type Look = (video: HTMLVideoElement) => Promise<string | undefined>;

/** Whether there is a camera to ask for: over plain HTTP there is none. */
export function canScan(): boolean {
  return typeof navigator.mediaDevices?.getUserMedia === "function";
}

/** By the browser itself, or by a library that comes with the first code where it cannot. */
async function openLook(): Promise<Look> {
  const { BarcodeDetector: Detector } = globalThis as { BarcodeDetector?: DetectorMaker };
  const formats = await Detector?.getSupportedFormats().catch(() => []) ?? [];
  if (Detector && formats.includes("qr_code")) {
    const detector = new Detector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video).catch(() => []))[0]?.rawValue;
  }
  const { decodeQR } = await import("qr/decode.js");
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  return (video) => {
    const { videoWidth, videoHeight } = video;
    const scale = Math.min(1, LOOK_PIXELS / Math.max(videoWidth, videoHeight));
    canvas.width = Math.round(videoWidth * scale);
    canvas.height = Math.round(videoHeight * scale);
    if (!pen || canvas.width === 0 || canvas.height === 0) return Promise.resolve(undefined);
    pen.drawImage(video, 0, 0, canvas.width, canvas.height);
    try {
      return Promise.resolve(decodeQR(pen.getImageData(0, 0, canvas.width, canvas.height)));
    } catch {
      // There is no code in the picture, or not all of it.
      return Promise.resolve(undefined);
    }
  };
}

/**
 * Shows the camera in `video` and calls `take` with each code that is seen, until it says that the
 * code was the one, or `closed` is aborted. What reads codes comes first: while that is fetched
 * there is no camera that would have to be ended. Rejects where the camera may not be used.
 */
export async function scanCode(
  video: HTMLVideoElement,
  take: (text: string) => Promise<boolean>,
  closed: AbortSignal,
): Promise<void> {
  const look = await openLook();
  closed.throwIfAborted();
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "environment" },
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = () => {
    clearTimeout(timer);
    for (const track of stream.getTracks()) track.stop();
  };
  closed.addEventListener("abort", end);
  if (closed.aborted) return end();
  let last: string | undefined;
  const again = async () => {
    const text = await look(video);
    if (closed.aborted) return;
    // What was no code of ours lies before the camera still.
    if (text !== undefined && text !== last) {
      last = text;
      if (await take(text)) return end();
    }
    if (!closed.aborted) timer = setTimeout(() => void again(), LOOK_MS);
  };
  video.srcObject = stream;
  await video.play().catch(() => undefined);
  if (!closed.aborted) timer = setTimeout(() => void again(), LOOK_MS);
}
