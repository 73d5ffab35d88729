import { t } from "../lib/i18n/t.ts";
import { Icon } from "./Icon.tsx";

/** Said on every page while the server has no name of its own. */
export function TrialBanner() {
  return (
    <aside class="trial" aria-label={t("trial.title")}>
      <Icon name="flag" small />
      <span>
        <strong>{t("trial.title")}</strong> <span class="trial-more">{t("trial.text")}</span>
      </span>
    </aside>
  );
}
