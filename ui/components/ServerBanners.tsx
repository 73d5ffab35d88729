import type { ServerFacts } from "../../core/api/account.ts";
import { t } from "../lib/i18n/t.ts";
import { Icon } from "./Icon.tsx";
import { TrialBanner } from "./TrialBanner.tsx";

/** Said at the top of every page: that the server is on trial, and what its people announce. */
export function ServerBanners({ server }: { server: ServerFacts }) {
  return (
    <>
      {server.trial && <TrialBanner />}
      {server.notice && (
        <aside class="server-notice" aria-label={t("notice.title")}>
          <Icon name="info" small />
          <span class="break">{server.notice}</span>
        </aside>
      )}
    </>
  );
}
