import { callApi, reasonOf } from "../../lib/browser/browser_api.ts";
import { setUnconfirmed } from "../../lib/browser/recovery_marks.ts";
import { useAct } from "../../lib/encryption/use_act.ts";
import type { RemoteEngine } from "../../lib/e2ee/remote_engine.ts";
import { t } from "../../lib/i18n/t.ts";
import { Field } from "../Field.tsx";
import { Modal } from "../Modal.tsx";
import type { Owner } from "../../lib/encryption/owner.ts";

const COSTS = [1, 2, 3, 4] as const;

/** A new identity for somebody who has lost every way to the old one. It says what that costs. */
export default function ResetForm(props: {
  engine: RemoteEngine;
  owner: Owner;
  onClose: () => void;
  onDone: () => void;
}) {
  const { engine, owner } = props;
  const { busy, fault, setFault, run } = useAct();
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const name = owner.userName;
    if (String(form.get("reset-name")).trim().toLowerCase() !== name) {
      setFault(t("guard.typed", { name }));
      return document.getElementById("f-reset-name")?.focus();
    }
    void run(async () => {
      try {
        await callApi("confirmIdentity", { body: { password: String(form.get("password")) } });
      } catch (error) {
        throw new Error(reasonOf(error), { cause: error });
      }
      await engine.ask("resetIdentity");
      setUnconfirmed(owner.userId, false);
      props.onDone();
    });
  };
  return (
    <Modal title={t("e2ee.reset.begin")} onClose={props.onClose}>
      <form class="stack" onSubmit={send}>
        <div>
          <h3>{t("e2ee.reset.costs")}</h3>
          <ul class="bullets">
            {COSTS.map((at) => <li key={at}>{t(`e2ee.reset.cost.${at}`)}</li>)}
          </ul>
        </div>
        <Field
          name="reset-name"
          label={t("e2ee.reset.type", { name: owner.userName })}
          autocomplete="off"
          spellcheck={false}
          required
        />
        <Field
          name="password"
          type="password"
          label={t("e2ee.reset.password")}
          autocomplete="current-password"
          required
        />
        {fault && <p class="field-error" role="alert">{fault}</p>}
        <div class="row between wrap">
          <button type="button" class="button quiet" onClick={props.onClose}>{t("cancel")}</button>
          <button type="submit" class="button danger solid" disabled={busy}>
            {t("e2ee.reset.submit")}
          </button>
        </div>
      </form>
    </Modal>
  );
}
