import { useEffect, useState } from "preact/hooks";
import { callApi } from "../lib/browser/browser_api.ts";
import { t } from "../lib/i18n/t.ts";

/** How often the server is asked, while somebody looks. */
const LOOK_MS = 1500;

/** How far the copy of one's own data is; the page is drawn anew once it is made, or was not. */
export default function ExportProgress(props: { done: number; total: number }) {
  const [{ done, total }, setFar] = useState(props);
  useEffect(() => {
    let isOver = false;
    const wait = () => {
      // Where nothing answers it is asked again: the link below does the same by hand.
      if (!isOver) setTimeout(() => look().catch(() => undefined).finally(wait), LOOK_MS);
    };
    async function look() {
      if (isOver || document.visibilityState === "hidden") return;
      const { export: copy } = await callApi("getExport");
      if (copy?.state === "waiting") setFar({ done: copy.done, total: copy.total });
      else location.reload();
    }
    wait();
    return () => {
      isOver = true;
    };
  }, []);
  return (
    <div class="stack">
      <p id="copy-state">
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
