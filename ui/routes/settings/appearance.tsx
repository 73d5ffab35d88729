import { ActForm } from "../../components/FormParts.tsx";
import { Icon } from "../../components/Icon.tsx";
import { SettingsPage } from "../../components/SettingsPage.tsx";
import { accountLinks } from "../../lib/settings_links.ts";
import { readForm, text } from "../../lib/forms.ts";
import { formPage } from "../../lib/form_page.ts";
import { t } from "../../lib/i18n/t.ts";
import { themeCookie } from "../../lib/theme_cookie.ts";
import { define, type Theme } from "../../utils.ts";

const THEMES = [["auto", "screen"], ["light", "sun"], ["dark", "moon"]] as const;

const reading = formPage(async (ctx) => {
  ctx.state.title = t("settings.appearance");
  return { self: await ctx.state.api.call("getAccount") };
}, {});

export const handler = define.handlers({
  GET: reading.GET,
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const chosen = THEMES.find(([theme]) => theme === text(form, "theme"));
    const theme: Theme = chosen?.[0] ?? "auto";
    return new Response(null, {
      status: 303,
      headers: { location: "/settings/appearance?saved=1", "set-cookie": themeCookie(theme) },
    });
  },
});

export default define.page<typeof handler>(({ data, state }) => (
  <SettingsPage
    state={state}
    title={t("settings.title")}
    heading={t("settings.appearance")}
    lead={t("appearance.lead")}
    back="/"
    links={accountLinks(data.self.admin)}
    here="/settings/appearance"
    note={data.note}
  >
    <ActForm act="theme">
      <fieldset class="theme-cards">
        <legend class="sr">{t("appearance.theme")}</legend>
        {THEMES.map(([theme, icon]) => (
          <label key={theme} class="theme-card">
            <input type="radio" name="theme" value={theme} checked={state.theme === theme} />
            <span class={`theme-sample ${theme}`} aria-hidden="true">
              <span class="sample-side" />
              <span class="sample-main">
                <i />
                <i />
                <b />
              </span>
            </span>
            <span class="row-tight strong">
              <Icon name={icon} /> {t(`appearance.${theme}`)}
            </span>
          </label>
        ))}
      </fieldset>
      <div>
        <button class="button primary" type="submit">{t("save")}</button>
      </div>
    </ActForm>
  </SettingsPage>
));
