import { useEffect, useState } from "preact/hooks";
import { PushHere } from "../components/PushHere.tsx";
import { playSound } from "../lib/browser/notify_sound.ts";
import { t } from "../lib/i18n/t.ts";

type Standing = NotificationPermission | "missing" | "unknown";

/** Whether this browser lets the page notify, with a button to ask it and one to try. */
export default function NotificationTest() {
  const [standing, setStanding] = useState<Standing>("unknown");
  useEffect(() => {
    setStanding("Notification" in globalThis ? Notification.permission : "missing");
  }, []);
  const ask = async () => setStanding(await Notification.requestPermission());
  const show = () => {
    void new Notification(t("notify.trialTitle"), { body: t("notify.trialText"), tag: "og-trial" });
  };
  return (
    <section class="card stack" aria-labelledby="notify-here">
      <h2 id="notify-here">{t("notify.here")}</h2>
      <p role="status">{t(`notify.standing.${standing}`)}</p>
      <div class="row wrap">
        {standing === "default" && (
          <button
            type="button"
            class="button primary"
            onClick={() => void ask()}
          >
            {t("notify.allow")}
          </button>
        )}
        {standing === "granted" && (
          <button type="button" class="button" onClick={show}>{t("notify.try")}</button>
        )}
        <button type="button" class="button" disabled={standing === "unknown"} onClick={playSound}>
          {t("notify.trySound")}
        </button>
      </div>
      {(standing === "default" || standing === "granted") && <PushHere onAsked={setStanding} />}
    </section>
  );
}
