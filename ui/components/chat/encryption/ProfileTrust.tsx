import { useState } from "preact/hooks";
import { useLazy } from "../../../lib/browser/use_lazy.ts";
import { useAct } from "../../../lib/encryption/use_act.ts";
import { useEngine } from "../../../lib/encryption/use_engine.ts";
import { useKnownUser } from "../../../lib/encryption/use_known_user.ts";
import { t } from "../../../lib/i18n/t.ts";
import { Icon } from "../../Icon.tsx";
import { useChat } from "../chat_context.ts";
import ShareHistory from "./ShareHistory.tsx";

/** Whether somebody was verified, in their card, and the way to do it. */
export default function ProfileTrust({ userId, name }: { userId: string; name: string }) {
  const state = useChat();
  const { engine } = useEngine(state.self.value.user.id);
  const known = useKnownUser(engine, userId);
  const { busy, fault, run } = useAct();
  const [code, setCode] = useState<"show" | "scan" | undefined>(undefined);
  const ShowCode = useLazy(code === "show", () => import("../../encryption/ShowCode.tsx"));
  const ScanCode = useLazy(code === "scan", () => import("../../encryption/ScanCode.tsx"));
  if (!engine || !known || engine.state()?.phase !== "ready") return null;
  if (known.msk === undefined || known.devices.length === 0) return null;
  const person = { userId, name };
  const close = () => setCode(undefined);
  // The dialog of the comparison takes this one's place.
  const leave = () => {
    state.overlay.value = null;
  };
  const verify = () =>
    run(async () => {
      await engine.ask("startVerification", userId, "*");
      leave();
    });
  const trust = known.verified && known.changedTo === undefined ? "verified" : "unverified";
  return (
    <>
      <section class="profile-part">
        <h3 class="label">{t("e2ee.title")}</h3>
        <p class="row-tight">
          <Icon name={trust === "verified" ? "shield" : "lock"} small />
          <strong class={trust === "verified" ? "good-text" : ""}>
            {t(`e2ee.trust.${trust}`)}
          </strong>
        </p>
        <p class="small muted">{t(`e2ee.trust.${trust}Text`, { name })}</p>
        {fault && <p class="field-error" role="alert">{fault}</p>}
        {trust === "unverified" && (
          <div class="row-tight wrap">
            <button type="button" class="button small" disabled={busy} onClick={verify}>
              {t("e2ee.trust.begin")}
            </button>
            <button type="button" class="button small" onClick={() => setCode("show")}>
              {t("e2ee.person.show")}
            </button>
            <button type="button" class="button small" onClick={() => setCode("scan")}>
              {t("e2ee.person.scan")}
            </button>
          </div>
        )}
      </section>
      {/* Escape puts the code away, and leaves the card. */}
      <div onKeyDown={(event) => event.key === "Escape" && event.stopPropagation()}>
        {code === "show" && ShowCode && (
          <ShowCode
            engine={engine}
            person={person}
            onClose={close}
          />
        )}
        {code === "scan" && ScanCode && (
          <ScanCode engine={engine} person={person} onScanned={leave} onClose={close} />
        )}
      </div>
      <ShareHistory userId={userId} name={name} />
    </>
  );
}
