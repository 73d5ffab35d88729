import type { ServerFacts } from "../../core/api/account.ts";
import { t } from "../lib/i18n/t.ts";

/** Source of the running program (AGPL section 13) and where to report abuse. */
export function Footer({ server }: { server: ServerFacts }) {
  return (
    <footer class="foot">
      <span>{t("foot.version", { version: server.version })}</span>
      <a href={server.source_url} rel="noopener">{t("foot.source")}</a>
      {server.abuse_contact
        ? (
          <a
            href={server.abuse_contact.includes("://")
              ? server.abuse_contact
              : `mailto:${server.abuse_contact}`}
          >
            {t("foot.abuse")}
          </a>
        )
        : <span>{t("foot.noAbuse")}</span>}
    </footer>
  );
}
