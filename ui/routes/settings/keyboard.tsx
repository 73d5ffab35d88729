import { AccountPage } from "../../components/AccountPage.tsx";
import KeyboardSettings from "../../islands/KeyboardSettings.tsx";
import { formPage } from "../../lib/form_page.ts";
import { t } from "../../lib/i18n/t.ts";
import { define } from "../../utils.ts";

export const handler = define.handlers(formPage(async (ctx) => {
  ctx.state.title = t("settings.keyboard");
  return { self: await ctx.state.api.call("getAccount") };
}, {}));

export default define.page<typeof handler>(({ data, state }) => (
  <AccountPage
    state={state}
    heading={t("settings.keyboard")}
    lead={t("keyboard.lead")}
    admin={data.self.admin}
    here="/settings/keyboard"
    note={data.note}
  >
    <noscript>
      <p class="hint">{t("keyboard.noScript")}</p>
    </noscript>
    <KeyboardSettings />
  </AccountPage>
));
