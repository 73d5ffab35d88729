import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { BackupSecret } from "../../../core/e2ee/engine/types.ts";
import { askPasskey, canPasskey, PasskeyRefused } from "../../lib/browser/backup_passkey.ts";
import type { SeenEngine } from "../../lib/encryption/use_engine.ts";
import { useAct } from "../../lib/encryption/use_act.ts";
import type { RemoteEngine } from "../../lib/e2ee/remote_engine.ts";
import { t } from "../../lib/i18n/t.ts";
import { Field } from "../Field.tsx";
import { Icon, type IconName } from "../Icon.tsx";
import ScanCode from "./ScanCode.tsx";
import { recoveryKeyFault } from "../../lib/encryption/fault_text.ts";
import type { SlotKind } from "../../lib/encryption/recovery.ts";

/** The ways by which a new device gets its messages, and how far it is. */
export default function GetMessages(props: {
  seen: SeenEngine & { readonly engine: RemoteEngine };
  userId: string;
  slots: readonly SlotKind[];
  /** Somebody else of the own devices is there to compare with. */
  others: boolean;
  next: string;
}) {
  const { seen: { engine, restoring }, userId, slots } = props;
  const { busy, fault, run } = useAct();
  const [scanning, setScanning] = useState(false);
  const [got, setGot] = useState<number | undefined>(undefined);
  const restore = (secret: BackupSecret | (() => Promise<BackupSecret>)) =>
    run(async () => {
      const given = typeof secret === "function" ? await secret() : secret;
      setGot((await engine.ask("restore", given)).keys);
    });
  const device = engine.state();
  const underWay = restoring !== undefined && restoring.done < restoring.total;
  if (underWay || busy) return <Progress restoring={restoring} />;
  if (got !== undefined || device?.phase === "ready" && device.backup !== "unreadable") {
    return <Arrived keys={got ?? restoring?.total} next={props.next} />;
  }
  const verify = () => run(() => engine.ask("startVerification", userId, "*"));
  return (
    <div class="stack">
      <p class="lead">{t("e2ee.get.lead")}</p>
      {fault && <p class="field-error" role="alert">{fault}</p>}
      {props.others && (
        <Way icon="device" title={t("e2ee.get.device")}>
          <p class="muted">{t("e2ee.get.deviceText")}</p>
          <div class="row-tight wrap">
            <button type="button" class="button primary" onClick={verify}>
              {t("e2ee.get.deviceBegin")}
            </button>
            <button type="button" class="button" onClick={() => setScanning(true)}>
              {t("e2ee.get.scan")}
            </button>
          </div>
        </Way>
      )}
      {slots.includes("passkey") && (
        <PasskeyWay onUse={() => restore(async () => ({ passkey: await readPasskey(engine) }))} />
      )}
      {slots.includes("recovery_key") && (
        <SecretForm
          kind="recovery_key"
          onSend={(value) => restore({ recoveryKey: value })}
        />
      )}
      {slots.includes("passphrase") && (
        <SecretForm
          kind="passphrase"
          onSend={(value) => restore({ passphrase: value })}
        />
      )}
      {scanning && (
        <ScanCode
          engine={engine}
          onScanned={() => setScanning(false)}
          onClose={() => setScanning(false)}
        />
      )}
    </div>
  );
}

function Way(props: { icon: IconName; title: string; children: ComponentChildren }) {
  return (
    <section class="card stack-tight way">
      <h2 class="row-tight">
        <Icon name={props.icon} /> <span>{props.title}</span>
      </h2>
      {props.children}
    </section>
  );
}

/** A passkey of the account; not every browser and device has it. */
function PasskeyWay({ onUse }: { onUse: () => void }) {
  const [able, setAble] = useState<boolean | undefined>(undefined);
  useEffect(() => void canPasskey().then(setAble, () => setAble(false)), []);
  return (
    <Way icon="shield" title={t("e2ee.get.passkey")}>
      <p class="muted">{t(able === false ? "e2ee.passkey.unable" : "e2ee.get.passkeyText")}</p>
      <div>
        <button type="button" class="button" disabled={able !== true} onClick={onUse}>
          {t("e2ee.get.passkeyUse")}
        </button>
      </div>
    </Way>
  );
}

/** Asks the passkey of the backup. @throws PasskeyRefused */
async function readPasskey(engine: RemoteEngine): Promise<Uint8Array> {
  const way = await engine.ask("passkeyWay");
  if (way === undefined) throw new PasskeyRefused("stopped", "The backup names no passkey");
  return await askPasskey(way);
}

function SecretForm(
  { kind, onSend }: { kind: "recovery_key" | "passphrase"; onSend: (value: string) => void },
) {
  const isKey = kind === "recovery_key";
  const [wrong, setWrong] = useState<string | undefined>(undefined);
  return (
    <Way
      icon={isKey ? "key" : "edit"}
      title={t(isKey ? "e2ee.get.key" : "e2ee.get.phrase")}
    >
      <form
        class="stack-tight"
        onSubmit={(event) => {
          event.preventDefault();
          const typed = String(new FormData(event.currentTarget).get(kind));
          const found = isKey ? recoveryKeyFault(typed) : undefined;
          setWrong(found);
          if (found === undefined) onSend(typed);
          else document.getElementById(`f-${kind}`)?.focus();
        }}
      >
        <Field
          name={kind}
          type={isKey ? "text" : "password"}
          label={t(`e2ee.slots.${kind}`)}
          error={wrong}
          hint={isKey ? t("e2ee.get.keyHint") : undefined}
          autocomplete={isKey ? "off" : "current-password"}
          spellcheck={false}
          required
        />
        <div>
          <button type="submit" class="button">{t("e2ee.get.submit")}</button>
        </div>
      </form>
    </Way>
  );
}

function Progress({ restoring }: Pick<SeenEngine, "restoring">) {
  return (
    <div class="card stack-tight" role="status">
      <p id="restore-label">
        {restoring === undefined
          ? t("e2ee.get.checking")
          : t("e2ee.get.progress", { done: restoring.done, total: restoring.total })}
      </p>
      <progress
        aria-labelledby="restore-label"
        {...(restoring === undefined
          ? {}
          : { max: Math.max(1, restoring.total), value: restoring.done })}
      />
    </div>
  );
}

function Arrived({ keys, next }: { keys: number | undefined; next: string }) {
  return (
    <div class="stack arrived">
      <p class="row good-text" role="status">
        <Icon name="check" />{" "}
        <span>
          {t("e2ee.get.done")}
          {keys !== undefined && (
            <span class="block small">{t("e2ee.get.doneText", { n: keys })}</span>
          )}
        </span>
      </p>
      <div>
        <a class="button primary" href={next}>{t("e2ee.get.goOn")}</a>
      </div>
    </div>
  );
}
