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

/** Whether this browser reads QR codes by itself and has a camera to ask for. */
export async function canScan(): Promise<boolean> {
  const { BarcodeDetector: Detector } = globalThis as { BarcodeDetector?: DetectorMaker };
  if (!Detector || !navigator.mediaDevices?.getUserMedia) return false;
  try {
    return (await Detector.getSupportedFormats()).includes("qr_code");
  } catch {
    return false;
  }
}

/**
 * Shows the camera in `video` and calls `found` once with the first code seen. Returns its end.
 * Rejects where the camera may not be used.
 */
export async function scanCode(
  video: HTMLVideoElement,
  found: (text: string) => void,
): Promise<() => void> {
  const { BarcodeDetector: Detector } = globalThis as unknown as { BarcodeDetector: DetectorMaker };
  const detector = new Detector({ formats: ["qr_code"] });
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "environment" },
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = () => {
    clearTimeout(timer);
    for (const track of stream.getTracks()) track.stop();
  };
  const look = async () => {
    const [code] = await detector.detect(video).catch(() => []);
    if (code) {
      end();
      return found(code.rawValue);
    }
    timer = setTimeout(() => void look(), LOOK_MS);
  };
  video.srcObject = stream;
  await video.play().catch(() => undefined);
  timer = setTimeout(() => void look(), LOOK_MS);
  return end;
}
