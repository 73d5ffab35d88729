import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../components/Icon.tsx";
import { Notice } from "../components/Notice.tsx";
import { offerPasskeys, signInWithPasskey } from "../lib/browser/passkey_login.ts";
import { passkeyReason, passkeysHere } from "../lib/browser/passkeys.ts";
import { t } from "../lib/i18n/t.ts";

/**
 * Signs in with a passkey: by this button, or as one of the names that the browser fills in. With
 * the challenge of a first step it is the second.
 */
export default function PasskeyLogin(
  { origin, next, challenge }: { origin: string; next: string; challenge?: string },
) {
  const [state, setState] = useState<"ready" | "busy" | "not here">("ready");
  const [fault, setFault] = useState<string | undefined>(undefined);
  const offer = useRef<AbortController | undefined>(undefined);
  const finish = (work: Promise<boolean | void>) =>
    work.then((done) => {
      if (done !== false) location.assign(`/restore?next=${encodeURIComponent(next)}`);
    }, (error) => {
      setState("ready");
      setFault(passkeyReason(error));
    });
  useEffect(() => {
    if (!passkeysHere() || location.origin !== origin) return setState("not here");
    if (challenge !== undefined) return;
    const stop = new AbortController();
    offer.current = stop;
    void finish(offerPasskeys(stop.signal));
    return () => stop.abort();
  }, []);
  if (state === "not here") return null;
  const ask = () => {
    offer.current?.abort(); // A browser asks for one thing at a time.
    setState("busy");
    setFault(undefined);
    void finish(signInWithPasskey(challenge === undefined ? {} : { challenge }));
  };
  return (
    <div class="stack needs-scripts">
      {fault && <Notice kind="error">{fault}</Notice>}
      <button class="button wide" type="button" disabled={state === "busy"} onClick={ask}>
        <Icon name="key" /> {t(challenge === undefined ? "passkey.login" : "passkey.step")}
      </button>
    </div>
  );
}
