import { useEffect, useState } from "preact/hooks";

/** A QR code as one path on a white ground, whatever the theme; its library is fetched here. */
export function QrPicture({ text, label }: { text: string; label: string }) {
  const [drawn, setDrawn] = useState<{ path: string; size: number } | undefined>(undefined);
  useEffect(() => {
    let gone = false;
    void import("../../lib/qr_path.ts").then(({ qrPath }) => {
      if (!gone) setDrawn(qrPath(text));
    });
    return () => {
      gone = true;
    };
  }, [text]);
  return (
    <div class="qr" role="img" aria-label={label}>
      {drawn && (
        <svg viewBox={`0 0 ${drawn.size} ${drawn.size}`} shape-rendering="crispEdges">
          <path d={drawn.path} />
        </svg>
      )}
    </div>
  );
}
