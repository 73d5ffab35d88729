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
  if (!engine || !known || engine.state()?.phase !== "ready") return null;
  if (known.msk === undefined || known.devices.length === 0) return null;
  const verify = () =>
    run(async () => {
      await engine.ask("startVerification", userId, "*");
      // The dialog of the comparison takes this one's place.
      state.overlay.value = null;
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
          <div>
            <button type="button" class="button small" disabled={busy} onClick={verify}>
              {t("e2ee.trust.begin")}
            </button>
          </div>
        )}
      </section>
      <ShareHistory userId={userId} name={name} />
    </>
  );
}
