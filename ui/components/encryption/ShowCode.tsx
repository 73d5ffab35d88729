import { useEffect, useState } from "preact/hooks";
import { useAct } from "../../lib/encryption/use_act.ts";
import type { RemoteEngine } from "../../lib/e2ee/remote_engine.ts";
import { t } from "../../lib/i18n/t.ts";
import { CopyButton } from "../chat/CopyButton.tsx";
import { Modal } from "../Modal.tsx";
import { QrPicture } from "./QrPicture.tsx";
import { isShownCode } from "./Verifications.tsx";

/**
 * The code that a new device of one's own scans, and the same to be typed; or one for a person, who
 * scans it from this screen: sent as a text it would prove nothing.
 */
export default function ShowCode(
  { engine, person, onClose }: {
    engine: RemoteEngine;
    person?: { readonly userId: string; readonly name: string };
    onClose: () => void;
  },
) {
  const [shown, setShown] = useState<{ id: string; text: string } | undefined>(undefined);
  const { fault, run } = useAct();
  useEffect(() => void run(async () => setShown(await engine.ask("showCode", person?.userId))), []);
  const verification = engine.verifications().find(({ id }) => id === shown?.id);
  const isScanned = verification !== undefined && !isShownCode(verification);
  // What follows has a dialog of its own.
  useEffect(() => {
    if (isScanned) onClose();
  }, [isScanned]);
  const close = () => {
    if (shown && !isScanned) {
      void engine.ask("cancelVerification", shown.id).catch(() => undefined);
    }
    onClose();
  };
  const code = shown?.text;
  return (
    <Modal title={t("e2ee.code.show")} onClose={close}>
      <p>{person ? t("e2ee.person.showText", person) : t("e2ee.code.showText")}</p>
      {fault && <p class="field-error" role="alert">{fault}</p>}
      {code === undefined ? !fault && <p role="status">{t("e2ee.setup.working")}</p> : (
        <>
          <QrPicture
            text={code}
            label={person ? t("e2ee.person.picture", person) : t("e2ee.code.picture")}
          />
          {!person && (
            <>
              <p class="mono break code-text">{code}</p>
              <div>
                <CopyButton text={code} label={t("e2ee.key.copy")} />
              </div>
            </>
          )}
        </>
      )}
    </Modal>
  );
}
