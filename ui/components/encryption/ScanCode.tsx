import { useEffect, useRef, useState } from "preact/hooks";
import { canScan, scanCode } from "../../lib/browser/scan_code.ts";
import { useAct } from "../../lib/encryption/use_act.ts";
import type { RemoteEngine } from "../../lib/e2ee/remote_engine.ts";
import { t } from "../../lib/i18n/t.ts";
import { Field } from "../Field.tsx";
import { Modal } from "../Modal.tsx";

type Camera = "looking" | "on" | "none" | "refused";

/** Reads the code of another device: by the camera where the browser can, else typed. */
export function ScanCode(props: {
  engine: RemoteEngine;
  onScanned: () => void;
  onClose: () => void;
}) {
  const { busy, fault, setFault, run } = useAct();
  const [camera, setCamera] = useState<Camera>("looking");
  const video = useRef<HTMLVideoElement>(null);
  /** Whether it was the code of a device of one's own. */
  const use = async (text: string) => {
    let taken = false;
    await run(async () => {
      await props.engine.ask("scanCode", text.trim()).catch((error) => {
        throw new Error(t("e2ee.code.wrong"), { cause: error });
      });
      taken = true;
      props.onScanned();
    });
    return taken;
  };
  useEffect(() => {
    const closed = new AbortController();
    const box = video.current;
    if (!canScan() || !box) setCamera("none");
    else {
      setCamera("on");
      scanCode(box, use, closed.signal).catch(() => setCamera("refused"));
    }
    return () => closed.abort();
  }, []);
  return (
    <Modal title={t("e2ee.get.scan")} onClose={props.onClose}>
      <div hidden={camera !== "on"}>
        <p>{t("e2ee.code.camera")}</p>
        <video ref={video} class="scan-view" muted playsinline />
      </div>
      {camera === "none" && <p>{t("e2ee.code.noCamera")}</p>}
      {camera === "refused" && <p>{t("e2ee.code.refused")}</p>}
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          setFault(undefined);
          void use(String(new FormData(event.currentTarget).get("code")));
        }}
      >
        <Field
          name="code"
          label={t("e2ee.code.type")}
          error={fault}
          autocomplete="off"
          spellcheck={false}
          required
        />
        <div class="row end">
          <button type="submit" class="button primary" disabled={busy}>
            {t("e2ee.code.use")}
          </button>
        </div>
      </form>
    </Modal>
  );
}
