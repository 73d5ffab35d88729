import type { DataExport } from "../../core/api/data_export.ts";
import ExportProgress from "../islands/ExportProgress.tsx";
import { formatSize } from "../lib/format/size.ts";
import { formatFull, formatRelative } from "../lib/format/time.ts";
import { t } from "../lib/i18n/t.ts";
import { ActForm } from "./FormParts.tsx";
import { Notice } from "./Notice.tsx";

interface Props {
  copy: DataExport | null;
  nowMs: number;
  timeZone: string;
}

/** The copy of one's own data: asked for, being made, or there to be downloaded. */
export function DataCopy(props: Props) {
  const { copy } = props;
  return (
    <section class="card stack" id="copy">
      <h2>{t("export.title")}</h2>
      <p>{t("export.text")}</p>
      <p class="muted">{t("export.sealed")}</p>
      {copy?.state === "failed" && <Notice kind="warn">{t("export.failed")}</Notice>}
      {copy?.state === "waiting" && <Making copy={copy} />}
      {copy?.state === "ready" && <Ready {...props} copy={copy} />}
      {copy?.state !== "waiting" && (
        <ActForm act="copy">
          <div>
            <button class={copy === null ? "button primary" : "button"} type="submit">
              {t(copy === null ? "export.begin" : "export.again")}
            </button>
          </div>
        </ActForm>
      )}
    </section>
  );
}

function Making({ copy }: { copy: DataExport }) {
  return (
    <>
      <ExportProgress done={copy.done} total={copy.total} />
      <div class="row wrap">
        <a class="button" href="/settings/data?at=copy#copy">{t("export.look")}</a>
        <ActForm act="dropCopy">
          <button class="button quiet" type="submit">{t("export.stop")}</button>
        </ActForm>
      </div>
    </>
  );
}

function Ready({ copy, nowMs, timeZone }: Props & { copy: DataExport }) {
  return (
    <>
      <p role="status">
        {t("export.ready", {
          when: formatFull(copy.created_ts, timeZone),
          size: formatSize(copy.bytes ?? 0),
          until: formatRelative(copy.expires_ts, nowMs),
        })} {copy.left_out > 0 && t("export.leftOut", { n: copy.left_out })}
      </p>
      <div class="row wrap">
        <a class="button primary" href="/client/v1/account/export/file" download>
          {t("export.download")}
        </a>
        <ActForm act="dropCopy">
          <button class="button quiet" type="submit">{t("export.delete")}</button>
        </ActForm>
      </div>
    </>
  );
}
