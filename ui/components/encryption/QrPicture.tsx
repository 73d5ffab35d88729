import { useEffect, useState } from "preact/hooks";
import { t } from "../../lib/i18n/t.ts";

/** A QR code as one path on a white ground, whatever the theme; its library is fetched here. */
export function QrPicture({ text }: { text: string }) {
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
    <div class="qr" role="img" aria-label={t("e2ee.code.picture")}>
      {drawn && (
        <svg viewBox={`0 0 ${drawn.size} ${drawn.size}`} shape-rendering="crispEdges">
          <path d={drawn.path} />
        </svg>
      )}
    </div>
  );
}
