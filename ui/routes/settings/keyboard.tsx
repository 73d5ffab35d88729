import { SettingsPage } from "../../components/SettingsPage.tsx";
import { accountLinks } from "../../lib/settings_links.ts";
import KeyboardSettings from "../../islands/KeyboardSettings.tsx";
import { formPage } from "../../lib/form_page.ts";
import { t } from "../../lib/i18n/t.ts";
import { define } from "../../utils.ts";

export const handler = define.handlers(formPage(async (ctx) => {
  ctx.state.title = t("settings.keyboard");
  return { self: await ctx.state.api.call("getAccount") };
}, {}));

export default define.page<typeof handler>(({ data, state }) => (
  <SettingsPage
    state={state}
    title={t("settings.title")}
    heading={t("settings.keyboard")}
    lead={t("keyboard.lead")}
    back="/"
    links={accountLinks(data.self.admin)}
    here="/settings/keyboard"
    note={data.note}
  >
    <noscript>
      <p class="hint">{t("keyboard.noScript")}</p>
    </noscript>
    <KeyboardSettings />
  </SettingsPage>
));
