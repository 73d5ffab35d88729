import type { ServerFacts } from "../../core/api/account.ts";
import { t } from "../lib/i18n/t.ts";
import { Icon } from "./Icon.tsx";
import { TrialBanner } from "./TrialBanner.tsx";

/**
 * Said at the top of every page: that the server is on trial, what its people announce, and to
 * administrators that somebody waits for them.
 */
export function ServerBanners({ server, waiting }: { server: ServerFacts; waiting: number }) {
  return (
    <>
      {server.trial && <TrialBanner />}
      {waiting > 0 && (
        <aside class="server-notice" aria-label={t("admin.waiting")}>
          <Icon name="clock" small />
          <a href="/admin/registrations">{t("admin.waitingCount", { n: waiting })}</a>
        </aside>
      )}
      {server.notice && (
        <aside class="server-notice" aria-label={t("notice.title")}>
          <Icon name="info" small />
          <span class="break">{server.notice}</span>
        </aside>
      )}
    </>
  );
}
