import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../components/Icon.tsx";
import { Notice } from "../components/Notice.tsx";
import { callApi } from "../lib/browser/browser_api.ts";
import { answerOf, getCredential, passkeyReason, passkeysHere } from "../lib/browser/passkeys.ts";
import { t } from "../lib/i18n/t.ts";

/** In the form that waits for who it is: a passkey answers, and the form goes on without a password. */
export default function PasskeyConfirm({ origin }: { origin: string }) {
  const [state, setState] = useState<"ready" | "busy" | "not here">("ready");
  const [fault, setFault] = useState<string | undefined>(undefined);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!passkeysHere() || location.origin !== origin) setState("not here");
  }, []);
  if (state === "not here") return null;
  const ask = async () => {
    setState("busy");
    setFault(undefined);
    try {
      const { options } = await callApi("beginPasskeyConfirm");
      const passkey = answerOf(await getCredential(options));
      await callApi("confirmIdentity", { body: { passkey } });
      button.current?.form?.submit();
    } catch (error) {
      setState("ready");
      setFault(passkeyReason(error));
    }
  };
  return (
    <div class="stack needs-scripts">
      {fault && <Notice kind="error">{fault}</Notice>}
      <div>
        <button
          class="button"
          type="button"
          ref={button}
          disabled={state === "busy"}
          onClick={() => void ask()}
        >
          <Icon name="key" /> {t("passkey.confirm")}
        </button>
      </div>
    </div>
  );
}
