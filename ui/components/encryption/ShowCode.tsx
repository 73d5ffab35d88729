import { useEffect, useState } from "preact/hooks";
import { useAct } from "../../lib/encryption/use_act.ts";
import type { RemoteEngine } from "../../lib/e2ee/remote_engine.ts";
import { t } from "../../lib/i18n/t.ts";
import { CopyButton } from "../chat/CopyButton.tsx";
import { Modal } from "../Modal.tsx";
import { QrPicture } from "./QrPicture.tsx";

/** The code that a new device of one's own scans, and the same to be typed. */
export default function ShowCode(
  { engine, onClose }: { engine: RemoteEngine; onClose: () => void },
) {
  const [code, setCode] = useState<string | undefined>(undefined);
  const { fault, run } = useAct();
  useEffect(() => void run(async () => setCode((await engine.ask("showCode")).text)), []);
  return (
    <Modal title={t("e2ee.code.show")} onClose={onClose}>
      <p>{t("e2ee.code.showText")}</p>
      {fault && <p class="field-error" role="alert">{fault}</p>}
      {code === undefined ? !fault && <p role="status">{t("e2ee.setup.working")}</p> : (
        <>
          <QrPicture text={code} />
          <p class="mono break code-text">{code}</p>
          <div>
            <CopyButton text={code} label={t("e2ee.key.copy")} />
          </div>
        </>
      )}
    </Modal>
  );
}
