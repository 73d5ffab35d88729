import { useEffect, useState } from "preact/hooks";
import { pickGroups } from "../../lib/browser/recovery_key.ts";
import { groupsOf, isGroup } from "../../lib/encryption/recovery.ts";
import { setUnconfirmed } from "../../lib/browser/recovery_marks.ts";
import type { Owner } from "../../lib/encryption/owner.ts";
import { useAct } from "../../lib/encryption/use_act.ts";
import { makeDevice } from "../../lib/e2ee/begin.ts";
import type { RemoteEngine } from "../../lib/e2ee/remote_engine.ts";
import { t } from "../../lib/i18n/t.ts";
import { Field } from "../Field.tsx";
import { Icon } from "../Icon.tsx";
import { KeySheet } from "./KeySheet.tsx";
import { Modal } from "../Modal.tsx";
import { PassphraseForm } from "./PassphraseForm.tsx";

type Step = "key" | "confirm" | "phrase" | "done";

/**
 * Leads through the ways to one's messages: a key that is shown once and typed in part, then a
 * passphrase. `only`: one of them is made anew.
 */
export default function RecoverySetup(props: {
  engine: RemoteEngine;
  owner: Owner;
  only?: "key" | "phrase" | undefined;
  onClose: () => void;
}) {
  const { engine, owner, only } = props;
  const [step, setStep] = useState<Step>(only === "phrase" ? "phrase" : "key");
  const [secret, setSecret] = useState<string | undefined>(undefined);
  const { busy, fault, run } = useAct();
  const make = () =>
    run(async () => {
      if (engine.state()?.phase === "new") await makeDevice(engine);
      setUnconfirmed(owner.userId, true);
      setSecret((await engine.ask("createBackup")).recoveryKey);
    });
  useEffect(() => {
    if (step === "key" && secret === undefined && only === undefined) void make();
  }, []);
  const confirmed = () => {
    setUnconfirmed(owner.userId, false);
    setStep(only === "key" ? "done" : "phrase");
  };
  return (
    <Modal title={t(TITLES[step])} onClose={props.onClose}>
      {only === undefined && step !== "done" && (
        <p class="small muted">{t("e2ee.setup.step", { n: NUMBERS[step], of: 3 })}</p>
      )}
      {fault && <p class="field-error" role="alert">{fault}</p>}
      {step === "key" && (
        <KeyStep
          secret={secret}
          owner={owner}
          busy={busy}
          failed={fault !== undefined}
          onMake={make}
          onNext={() => setStep("confirm")}
        />
      )}
      {step === "confirm" && secret !== undefined && (
        <ConfirmStep
          secret={secret}
          onBack={() => setStep("key")}
          onDone={confirmed}
        />
      )}
      {step === "phrase" && (
        <PassphraseForm
          engine={engine}
          owner={owner}
          onDone={() => setStep("done")}
          onLater={props.onClose}
        />
      )}
      {step === "done" && (
        <>
          <p>{t("e2ee.setup.doneText")}</p>
          <div class="row end">
            <button type="button" class="button primary" autofocus onClick={props.onClose}>
              {t("e2ee.finish")}
            </button>
          </div>
        </>
      )}
    </Modal>
  );
}

const TITLES = {
  key: "e2ee.key.title",
  confirm: "e2ee.key.confirm",
  phrase: "e2ee.phrase.title",
  done: "e2ee.setup.done",
} as const;
const NUMBERS = { key: 1, confirm: 2, phrase: 3, done: 3 } as const;

function KeyStep(props: {
  secret: string | undefined;
  owner: Owner;
  busy: boolean;
  failed: boolean;
  onMake: () => void;
  onNext: () => void;
}) {
  if (props.secret === undefined) {
    if (props.busy) return <p role="status">{t("e2ee.setup.working")}</p>;
    return (
      <>
        {!props.failed && <p>{t("e2ee.key.changeText")}</p>}
        <div class="row end">
          <button type="button" class="button primary" onClick={props.onMake}>
            {t(props.failed ? "e2ee.retry" : "e2ee.key.change")}
          </button>
        </div>
      </>
    );
  }
  return (
    <>
      <p>{t("e2ee.key.text")}</p>
      <KeySheet secret={props.secret} {...props.owner} />
      <div class="row end">
        <button type="button" class="button primary" onClick={props.onNext}>
          {t("e2ee.next")}
        </button>
      </div>
    </>
  );
}

function ConfirmStep(props: { secret: string; onBack: () => void; onDone: () => void }) {
  const { secret } = props;
  const [asked] = useState(() => pickGroups(groupsOf(secret).length));
  const [wrong, setWrong] = useState<readonly number[]>([]);
  const check = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const bad = asked.filter((n) => !isGroup(secret, n, String(form.get(`group-${n}`))));
    setWrong(bad);
    if (bad.length === 0) return props.onDone();
    document.getElementById(`f-group-${bad[0]}`)?.focus();
  };
  return (
    <form class="stack" onSubmit={check}>
      <p>{t("e2ee.key.confirmText")}</p>
      {asked.map((n) => (
        <Field
          key={n}
          name={`group-${n}`}
          label={t("e2ee.key.group", { n })}
          error={wrong.includes(n) ? t("e2ee.key.wrongGroup", { n }) : undefined}
          autocomplete="off"
          spellcheck={false}
          autofocus={n === asked[0]}
          required
        />
      ))}
      <div class="row between wrap">
        <button type="button" class="button quiet" onClick={props.onBack}>
          <Icon name="back" small /> <span>{t("e2ee.key.showAgain")}</span>
        </button>
        <button type="submit" class="button primary">{t("e2ee.next")}</button>
      </div>
    </form>
  );
}
