import { useEffect, useState } from "preact/hooks";
import { Field } from "../components/Field.tsx";
import { Notice } from "../components/Notice.tsx";
import { ApiError } from "../lib/api/request.ts";
import { callApi } from "../lib/browser/browser_api.ts";
import {
  createCredential,
  newPasskeyOf,
  passkeyReason,
  passkeysHere,
} from "../lib/browser/passkeys.ts";
import { t } from "../lib/i18n/t.ts";

/**
 * Names a passkey and has it made. Where the identity is to be confirmed first, the form goes to
 * the server, which asks and leads back here.
 */
export default function PasskeyAdd({ origin, name }: { origin: string; name: string }) {
  const [state, setState] = useState<"ready" | "busy" | "elsewhere" | "without">("ready");
  const [fault, setFault] = useState<string | undefined>(undefined);
  useEffect(() => {
    if (location.origin !== origin) setState("elsewhere");
    else if (!passkeysHere()) setState("without");
  }, []);
  if (state === "elsewhere") {
    return (
      <Notice kind="warn">
        {t("passkey.elsewhere")} <a href={`${origin}/settings/passkeys`}>{origin}</a>
      </Notice>
    );
  }
  if (state === "without") return <Notice kind="warn">{t("passkey.without")}</Notice>;
  const add = async (form: HTMLFormElement) => {
    const given = String(new FormData(form).get("name"));
    setState("busy");
    setFault(undefined);
    try {
      const { options } = await callApi("beginPasskey");
      const passkey = newPasskeyOf(await createCredential(options));
      await callApi("addPasskey", { body: { name: given, passkey } });
      location.assign("/settings/passkeys?saved=1");
    } catch (error) {
      if (error instanceof ApiError && error.code === "confirmation_required") return form.submit();
      setState("ready");
      setFault(passkeyReason(error));
    }
  };
  return (
    <form
      method="post"
      class="stack needs-scripts"
      onSubmit={(event) => {
        event.preventDefault();
        void add(event.currentTarget);
      }}
    >
      {fault && <Notice kind="error">{fault}</Notice>}
      <input type="hidden" name="act" value="begin" />
      <Field
        name="name"
        label={t("passkey.name")}
        hint={t("passkey.nameHint")}
        value={name}
        autocomplete="off"
        maxlength={60}
        required
      />
      <div>
        <button class="button primary" type="submit" disabled={state === "busy"}>
          {t("passkey.add")}
        </button>
      </div>
    </form>
  );
}
