import type { VoiceSource } from "../../../core/api/voice.ts";

const FRAMES_PER_SECOND = 30;
const SCREEN = { width: { max: 1920 }, height: { max: 1080 } } as const;
const CAMERA = { width: { ideal: 1280 }, height: { ideal: 720 } } as const;

/** Beside what the type says, browsers take hints on what to offer, and on what not to record. */
interface ScreenOptions extends DisplayMediaStreamOptions {
  readonly audio: MediaTrackConstraints & { readonly restrictOwnAudio: true };
  readonly systemAudio: "include";
  readonly surfaceSwitching: "include";
}

/** Whether this browser can show it at all; phones have no screens to share. */
export function canCapture(source: VoiceSource): boolean {
  const devices = navigator.mediaDevices as Partial<MediaDevices> | undefined;
  return (source === "screen" ? devices?.getDisplayMedia : devices?.getUserMedia) !== undefined;
}

/**
 * Lets the person choose a screen, a window or a tab, with its sound where the browser gives it; or
 * opens the camera.
 * @throws DOMException, see `troubleOf`
 */
export async function capture(source: VoiceSource): Promise<MediaStream> {
  const frameRate = { max: FRAMES_PER_SECOND };
  if (source === "camera") {
    const video = { ...CAMERA, frameRate };
    return await navigator.mediaDevices.getUserMedia({ video });
  }
  const options: ScreenOptions = {
    video: { ...SCREEN, frameRate },
    // What is shown is heard as it is: filters are made for voices.
    audio: {
      echoCancellation: false,
      noiseSuppression: false,
      autoGainControl: false,
      // With the sound of the whole system the others would hear themselves: their voices are
      // played by this page (Screen Capture, dom-mediatrackconstraintset-restrictownaudio).
      restrictOwnAudio: true,
    },
    systemAudio: "include",
    surfaceSwitching: "include",
  };
  return await navigator.mediaDevices.getDisplayMedia(options);
}

/** Why there is nothing to show. */
export function troubleOf(error: unknown): "denied" | "missing" | "busy" {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "missing" : "busy";
}
