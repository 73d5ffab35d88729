import { AccountPage } from "../../components/AccountPage.tsx";
import VoiceSettings from "../../islands/VoiceSettings.tsx";
import { formPage } from "../../lib/form_page.ts";
import { t } from "../../lib/i18n/t.ts";
import { define } from "../../utils.ts";

export const handler = define.handlers(formPage(async (ctx) => {
  ctx.state.title = t("voiceSet.title");
  return { self: await ctx.state.api.call("getAccount") };
}, {}));

export default define.page<typeof handler>(({ data, state }) => (
  <AccountPage
    state={state}
    heading={t("voiceSet.title")}
    lead={t("voiceSet.lead")}
    admin={data.self.admin}
    here="/settings/voice"
    note={data.note}
  >
    <noscript>
      <p class="hint">{t("voiceSet.noScript")}</p>
    </noscript>
    <VoiceSettings />
  </AccountPage>
));
