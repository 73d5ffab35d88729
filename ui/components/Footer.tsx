import { t } from "../lib/i18n/t.ts";

/** Source of the running program (AGPL section 13) and where to report abuse. */
export function Footer(props: { version: string; sourceUrl: string; abuseContact: string | null }) {
  const { abuseContact: contact } = props;
  return (
    <footer class="foot">
      <span>{t("foot.version", { version: props.version })}</span>
      <a href={props.sourceUrl} rel="noopener">{t("foot.source")}</a>
      {contact
        ? <a href={contact.includes("://") ? contact : `mailto:${contact}`}>{t("foot.abuse")}</a>
        : <span>{t("foot.noAbuse")}</span>}
    </footer>
  );
}
