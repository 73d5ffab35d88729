import { useEffect, useState } from "preact/hooks";
import { canPasskey, makePasskey } from "../../lib/browser/backup_passkey.ts";
import type { Owner } from "../../lib/encryption/owner.ts";
import { useAct } from "../../lib/encryption/use_act.ts";
import type { RemoteEngine } from "../../lib/e2ee/remote_engine.ts";
import { t } from "../../lib/i18n/t.ts";
import { Icon } from "../Icon.tsx";
import { Modal } from "../Modal.tsx";

/** A passkey as one more way to one's messages: what it is good for, then the browser's own dialog. */
export default function PasskeySetup(
  { engine, owner, onClose }: { engine: RemoteEngine; owner: Owner; onClose: () => void },
) {
  const [able, setAble] = useState<boolean | undefined>(undefined);
  const [done, setDone] = useState(false);
  const { busy, fault, run } = useAct();
  useEffect(() => void canPasskey().then(setAble, () => setAble(false)), []);
  const make = () =>
    run(async () => {
      await engine.ask("addPasskey", await makePasskey(owner));
      setDone(true);
    });
  return (
    <Modal title={t("e2ee.passkey.title")} onClose={onClose}>
      {done
        ? (
          <p class="row good-text" role="status">
            <Icon name="check" /> <span>{t("e2ee.passkey.done")}</span>
          </p>
        )
        : (
          <>
            <p>{t("e2ee.passkey.text")}</p>
            <p class="small muted">{t("e2ee.passkey.extra")}</p>
          </>
        )}
      {able === false && <p class="field-error" role="alert">{t("e2ee.passkey.unable")}</p>}
      {fault && <p class="field-error" role="alert">{fault}</p>}
      <div class="row end">
        {done ? <Finish onClose={onClose} /> : (
          <button
            type="button"
            class="button primary"
            disabled={busy || able !== true}
            onClick={make}
          >
            {busy ? t("e2ee.setup.working") : t("e2ee.passkey.make")}
          </button>
        )}
      </div>
    </Modal>
  );
}

function Finish({ onClose }: { onClose: () => void }) {
  return (
    <button type="button" class="button primary" autofocus onClick={onClose}>
      {t("e2ee.finish")}
    </button>
  );
}
