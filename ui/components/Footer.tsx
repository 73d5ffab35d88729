import type { ServerFacts } from "../../core/api/account.ts";
import { LANGUAGES } from "../lib/i18n/languages.ts";
import { language, t } from "../lib/i18n/t.ts";

/** Source of the running program (AGPL section 13) and where to report abuse. */
export function Footer(props: {
  version: string;
  sourceUrl: string;
  abuseContact: string | null;
  /** Shows the choice of languages, which leads back to this path. */
  languagesAt?: string;
}) {
  return (
    <footer class="foot">
      <span>{t("foot.version", { version: props.version })}</span>
      <a href={props.sourceUrl} rel="noopener">{t("foot.source")}</a>
      <Abuse contact={props.abuseContact} />
      {props.languagesAt !== undefined && <Languages back={props.languagesAt} />}
    </footer>
  );
}

/** Earlier versions took any text: what leads nowhere is said as it is. */
function Abuse({ contact }: { contact: string | null }) {
  if (!contact) return <span>{t("foot.noAbuse")}</span>;
  const isWeb = /^https?:\/\//.test(contact);
  if (!isWeb && !contact.includes("@")) return <span>{contact}</span>;
  return <a href={isWeb ? contact : `mailto:${contact}`}>{t("foot.abuse")}</a>;
}

/** The same of what pages know of the server. */
export function SiteFooter(
  { server, languagesAt }: { server: ServerFacts; languagesAt?: string },
) {
  return (
    <Footer
      version={server.version}
      sourceUrl={server.source_url}
      abuseContact={server.abuse_contact}
      {...(languagesAt === undefined ? {} : { languagesAt })}
    />
  );
}

/** Each language under its own name, one press away; works without scripts. */
function Languages({ back }: { back: string }) {
  const { code: current } = language();
  return (
    <form class="foot-languages" method="post" action="/language" aria-label={t("language.choose")}>
      <input type="hidden" name="next" value={back} />
      {LANGUAGES.map(({ code, name }) => (
        <button
          key={code}
          type="submit"
          name="language"
          value={code}
          lang={code}
          aria-current={code === current ? "true" : undefined}
        >
          {name}
        </button>
      ))}
    </form>
  );
}
