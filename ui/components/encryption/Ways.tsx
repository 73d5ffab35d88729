import type { ComponentChildren } from "preact";
import type { SlotKind } from "../../lib/encryption/recovery.ts";
import { useAct } from "../../lib/encryption/use_act.ts";
import type { RemoteEngine } from "../../lib/e2ee/remote_engine.ts";
import { t } from "../../lib/i18n/t.ts";
import { Icon, type IconName } from "../Icon.tsx";

type Act = "key" | "phrase" | "code" | "passkey";

/** The ways to the messages that are set up, each to be made anew. */
export function Ways(props: {
  engine: RemoteEngine;
  slots: readonly SlotKind[];
  showsCode: boolean;
  onShow: (what: Act) => void;
}) {
  const { engine, slots, onShow } = props;
  const { busy, fault, run } = useAct();
  const has = (kind: SlotKind) => slots.includes(kind);
  const stands = (kind: SlotKind) => t(has(kind) ? "e2ee.slots.set" : "e2ee.slots.notSet");
  return (
    <section class="stack-tight" aria-labelledby="e2ee-ways">
      <h2 id="e2ee-ways">{t("e2ee.slots.title")}</h2>
      {fault && <p class="field-error" role="alert">{fault}</p>}
      <ul class="rows">
        <Way icon="key" name={t("e2ee.slots.recovery_key")} text={stands("recovery_key")}>
          <Open onClick={() => onShow("key")} text={t("e2ee.key.change")} />
        </Way>
        <Way icon="edit" name={t("e2ee.slots.passphrase")} text={stands("passphrase")}>
          <Open
            onClick={() => onShow("phrase")}
            text={t(has("passphrase") ? "e2ee.phrase.change" : "e2ee.phrase.set")}
          />
        </Way>
        <Way
          icon="shield"
          name={t("e2ee.slots.passkey")}
          text={has("passkey") ? t("e2ee.slots.passkeySet") : stands("passkey")}
        >
          {has("passkey") && (
            <button
              type="button"
              class="button small quiet"
              disabled={busy}
              onClick={() => run(() => engine.ask("removeSlot", "passkey"))}
            >
              {t("e2ee.passkey.remove")}
            </button>
          )}
          <Open
            onClick={() => onShow("passkey")}
            text={t(has("passkey") ? "e2ee.passkey.change" : "e2ee.passkey.add")}
          />
        </Way>
        {props.showsCode && (
          <Way icon="device" name={t("e2ee.slots.device")} text={t("e2ee.slots.deviceText")}>
            <Open
              onClick={() =>
                onShow("code")}
              text={t("e2ee.code.show")}
            />
          </Way>
        )}
      </ul>
    </section>
  );
}

function Way(
  props: { icon: IconName; name: string; text: string; children: ComponentChildren },
) {
  return (
    <li class="row-card">
      <Icon name={props.icon} />
      <div class="grow">
        <p class="strong">{props.name}</p>
        <p class="small muted">{props.text}</p>
      </div>
      {props.children}
    </li>
  );
}

function Open({ text, onClick }: { text: string; onClick: () => void }) {
  return <button type="button" class="button small" onClick={onClick}>{text}</button>;
}
