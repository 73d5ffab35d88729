import { useEffect, useRef } from "preact/hooks";
import { thumbHashToRGBA } from "thumbhash";

/** What a picture will about look like, from its thumbhash (base64), until it is here. */
export default function ComingPicture({ hash }: { hash: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    // A hash of another server may be anything.
    try {
      const { w, h, rgba } = thumbHashToRGBA(Uint8Array.from(atob(hash), (c) => c.charCodeAt(0)));
      context.canvas.width = w;
      context.canvas.height = h;
      context.putImageData(new ImageData(new Uint8ClampedArray(rgba), w, h), 0, 0);
    } catch {
      // Then it stays clear.
    }
  }, [hash]);
  return <canvas ref={canvas} class="coming" aria-hidden="true" width={1} height={1} />;
}
