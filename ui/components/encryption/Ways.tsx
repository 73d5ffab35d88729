import type { SlotKind } from "../../lib/encryption/recovery.ts";
import { t } from "../../lib/i18n/t.ts";
import { Icon } from "../Icon.tsx";

/** The ways to the messages that are set up, each to be made anew. */
export function Ways(props: {
  slots: readonly SlotKind[];
  showsCode: boolean;
  onShow: (what: "key" | "phrase" | "code") => void;
}) {
  const way = (kind: "recovery_key" | "passphrase") => {
    const there = props.slots.includes(kind);
    const act = kind === "recovery_key" ? "key" : "phrase";
    return (
      <li class="row-card">
        <Icon name={kind === "recovery_key" ? "key" : "edit"} />
        <div class="grow">
          <p class="strong">{t(`e2ee.slots.${kind}`)}</p>
          <p class="small muted">{t(there ? "e2ee.slots.set" : "e2ee.slots.notSet")}</p>
        </div>
        <button type="button" class="button small" onClick={() => props.onShow(act)}>
          {t(
            act === "key" ? "e2ee.key.change" : there ? "e2ee.phrase.change" : "e2ee.phrase.set",
          )}
        </button>
      </li>
    );
  };
  return (
    <section class="stack-tight" aria-labelledby="e2ee-ways">
      <h2 id="e2ee-ways">{t("e2ee.slots.title")}</h2>
      <ul class="rows">
        {way("recovery_key")}
        {way("passphrase")}
        {props.showsCode && (
          <li class="row-card">
            <Icon name="device" />
            <div class="grow">
              <p class="strong">{t("e2ee.slots.device")}</p>
              <p class="small muted">{t("e2ee.slots.deviceText")}</p>
            </div>
            <button type="button" class="button small" onClick={() => props.onShow("code")}>
              {t("e2ee.code.show")}
            </button>
          </li>
        )}
      </ul>
    </section>
  );
}
