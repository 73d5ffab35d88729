import { AccountPage } from "../../components/AccountPage.tsx";
import { ActForm } from "../../components/FormParts.tsx";
import { Icon } from "../../components/Icon.tsx";
import { Notice } from "../../components/Notice.tsx";
import { formPage } from "../../lib/form_page.ts";
import { text } from "../../lib/forms.ts";
import { formatRelative } from "../../lib/format/time.ts";
import { t } from "../../lib/i18n/t.ts";
import { visitCookie } from "../../lib/oidc_visit.ts";
import { define } from "../../utils.ts";

export const handler = define.handlers(formPage(
  async (ctx) => {
    ctx.state.title = t("oidc.settings");
    const [self, { links }] = await Promise.all([
      ctx.state.api.call("getAccount"),
      ctx.state.api.call("listOidcLinks"),
    ]);
    return { self, links };
  },
  {
    async link(ctx, form) {
      const params = { provider: text(form, "provider") };
      const { url, flow } = await ctx.state.api.call("beginOidcLink", { params });
      const secure = ctx.state.server.public_url.startsWith("https:");
      const visit = { flow, purpose: "link", next: "/settings/logins" } as const;
      return { tell: url, headers: { "set-cookie": visitCookie(visit, secure) } };
    },
    async unlink(ctx, form) {
      await ctx.state.api.call("removeOidcLink", { params: { link_id: text(form, "link") } });
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => (
  <AccountPage
    state={state}
    heading={t("oidc.settings")}
    lead={t("oidc.lead")}
    admin={data.self.admin}
    here="/settings/logins"
    note={data.note}
  >
    {data.note.told !== null && (
      <Notice icon="key">
        <p>{t("oidc.goText")}</p>
        <p>
          <a class="button primary" href={data.note.told}>{t("oidc.go")}</a>
        </p>
      </Notice>
    )}
    {data.links.length === 0 && <p class="muted">{t("oidc.none")}</p>}
    <ul class="rows">
      {data.links.map((link) => (
        <li key={link.id} class="row-card">
          <Icon name="key" />
          <div class="grow">
            <p class="strong break">{link.label}</p>
            <p class="small muted break">
              {link.name && `${link.name} · `}
              {link.last_used_ts === null
                ? t("passkey.unused")
                : t("sessions.used", { when: formatRelative(link.last_used_ts, state.nowMs) })} ·
              {" "}
              {t("passkey.added", { when: formatRelative(link.created_ts, state.nowMs) })}
            </p>
          </div>
          <ActForm act="unlink">
            <input type="hidden" name="link" value={link.id} />
            <button
              class="button small"
              type="submit"
              aria-label={t("oidc.unlinkNamed", { label: link.label })}
            >
              {t("oidc.unlink")}
            </button>
          </ActForm>
        </li>
      ))}
    </ul>
    <div class="row wrap">
      {state.server.login_providers.map(({ id, label }) => (
        <ActForm key={id} act="link">
          <input type="hidden" name="provider" value={id} />
          <button class="button" type="submit">{t("oidc.link", { label })}</button>
        </ActForm>
      ))}
    </div>
  </AccountPage>
));
