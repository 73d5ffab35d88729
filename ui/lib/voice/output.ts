/** Opening a sound output takes no longer than this (ms), on a busy machine too. */
const OUTPUT_MS = 4000;

/**
 * Tells whether an audio context plays, and when that changes. Without a sound output one never
 * begins in Firefox, where `resume()` then neither resolves nor fails. Answers what ends it.
 */
export function watchOutput(audio: AudioContext, tell: (plays: boolean) => void): () => void {
  const look = () => tell(audio.state === "running");
  const timer = setTimeout(look, OUTPUT_MS);
  audio.addEventListener("statechange", look);
  return () => {
    clearTimeout(timer);
    audio.removeEventListener("statechange", look);
  };
}
