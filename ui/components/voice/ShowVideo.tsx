import { useEffect, useRef } from "preact/hooks";

/** A picture that moves; its sound is played with the voices. */
export function ShowVideo({ stream, label }: { stream: MediaStream; label?: string }) {
  const video = useRef<HTMLVideoElement>(null);
  const track = stream.getVideoTracks()[0];
  useEffect(() => {
    const { current } = video;
    if (!current) return;
    current.srcObject = stream;
    void current.play().catch(() => undefined);
    return () => {
      current.srcObject = null;
    };
  }, [track]);
  return <video ref={video} aria-label={label} autoPlay muted playsInline />;
}
