import { useState } from "preact/hooks";
import { PASSPHRASE, passphraseFault } from "../../lib/encryption/recovery.ts";
import { useAct } from "../../lib/encryption/use_act.ts";
import type { RemoteEngine } from "../../lib/e2ee/remote_engine.ts";
import { t } from "../../lib/i18n/t.ts";
import { Field } from "../Field.tsx";
import type { Owner } from "../../lib/encryption/owner.ts";

/** A passphrase as a way to one's messages; it is stretched on this device and never sent. */
export function PassphraseForm(props: {
  engine: RemoteEngine;
  owner: Owner;
  onDone: () => void;
  onLater: () => void;
}) {
  const [wrong, setWrong] = useState<ReturnType<typeof passphraseFault>>(undefined);
  const { busy, fault, run } = useAct();
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const phrase = String(form.get("passphrase"));
    const found = passphraseFault(phrase, String(form.get("passphrase-again")));
    setWrong(found);
    if (found) return document.getElementById(WHERE[found])?.focus();
    void run(async () => {
      await props.engine.ask("addPassphrase", phrase);
      props.onDone();
    });
  };
  return (
    <form class="stack" onSubmit={send}>
      <p>{t("e2ee.phrase.text")}</p>
      <input
        type="hidden"
        name="username"
        autocomplete="username"
        value={`${props.owner.userName}-encryption`}
      />
      <Field
        name="passphrase"
        type="password"
        label={t("e2ee.phrase.label")}
        error={wrong === "short"
          ? t("e2ee.phrase.short", { n: PASSPHRASE.min })
          : wrong === "isPassword"
          ? t("e2ee.phrase.isPassword")
          : undefined}
        autocomplete="new-password"
        maxlength={PASSPHRASE.max}
        autofocus
        required
      />
      <Field
        name="passphrase-again"
        type="password"
        label={t("e2ee.phrase.again")}
        error={wrong === "unequal" ? t("e2ee.phrase.unequal") : undefined}
        autocomplete="new-password"
        maxlength={PASSPHRASE.max}
        required
      />
      {fault && <p class="field-error" role="alert">{fault}</p>}
      <p role="status" class="sr">{busy ? t("e2ee.setup.working") : ""}</p>
      <div class="row between wrap">
        <button type="button" class="button quiet" onClick={props.onLater}>
          {t("e2ee.setup.later")}
        </button>
        <button type="submit" class="button primary" disabled={busy}>
          {busy ? t("e2ee.setup.working") : t("e2ee.phrase.set")}
        </button>
      </div>
    </form>
  );
}

const WHERE = {
  short: "f-passphrase",
  isPassword: "f-passphrase",
  unequal: "f-passphrase-again",
} as const;
