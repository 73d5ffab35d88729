import type { SeenEngine } from "../../lib/encryption/use_engine.ts";
import { t } from "../../lib/i18n/t.ts";
import { Notice } from "../Notice.tsx";

/** Why the engine is not there: it is being fetched, the browser lacks something, it failed. */
export function EngineTrouble({ seen, waiting }: { seen: SeenEngine; waiting: string }) {
  if (seen.lack) return <Notice kind="warn">{t("e2ee.unsupported")}</Notice>;
  if (seen.fault !== undefined) {
    return <Notice kind="error">{t("e2ee.failed", { reason: seen.fault })}</Notice>;
  }
  return <p class="muted" role="status">{waiting}</p>;
}
