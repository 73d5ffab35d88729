import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../components/Icon.tsx";
import { Notice } from "../components/Notice.tsx";
import type * as PasskeyParts from "../lib/browser/passkey_login.ts";
import { withTexts } from "../lib/i18n/later.ts";
import { t } from "../lib/i18n/t.ts";

/** Fetched once the page works: the door has a small budget. */
const load = () => withTexts(import("../lib/browser/passkey_login.ts"));

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
  const finish = async (work: (parts: typeof PasskeyParts) => Promise<boolean | void>) => {
    const parts = await load();
    try {
      if (await work(parts) === false) return;
      location.assign(`/restore?next=${encodeURIComponent(next)}`);
    } catch (error) {
      setState("ready");
      setFault(parts.passkeyReason(error));
    }
  };
  useEffect(() => {
    const here = isSecureContext && typeof PublicKeyCredential === "function";
    if (!here || location.origin !== origin) return setState("not here");
    if (challenge !== undefined) return;
    const stop = new AbortController();
    offer.current = stop;
    void finish(({ offerPasskeys }) => offerPasskeys(stop.signal));
    return () => stop.abort();
  }, []);
  if (state === "not here") return null;
  const ask = () => {
    offer.current?.abort(); // A browser asks for one thing at a time.
    setState("busy");
    setFault(undefined);
    void finish(({ signInWithPasskey }) =>
      signInWithPasskey(challenge === undefined ? {} : { challenge })
    );
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
