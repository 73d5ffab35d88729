import { useEffect, useState } from "preact/hooks";
import { callApi } from "../lib/browser/browser_api.ts";
import { t } from "../lib/i18n/t.ts";

/** How often the server is asked, while somebody looks. */
const LOOK_MS = 1500;

/** How far the copy of one's own data is; the page is drawn anew once it is made, or was not. */
export default function ExportProgress(props: { done: number; total: number }) {
  const [{ done, total }, setFar] = useState(props);
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "hidden") return;
      void callApi("getExport").then(({ export: copy }) => {
        if (copy?.state === "waiting") setFar({ done: copy.done, total: copy.total });
        else location.reload();
      }, () => undefined); // Asked again: the link below does the same by hand.
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <div class="stack">
      <p role="status" id="copy-state">
        {total === 0 ? t("export.starts") : t("export.making", { done, total })}
      </p>
      <progress
        class="meter-bar"
        aria-labelledby="copy-state"
        max={Math.max(total, 1)}
        value={done}
      />
    </div>
  );
}
