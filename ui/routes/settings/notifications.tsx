import { AccountPage } from "../../components/AccountPage.tsx";
import { ActForm, Check, SaveButton } from "../../components/FormParts.tsx";
import NotificationTest from "../../islands/NotificationTest.tsx";
import { flag } from "../../lib/forms.ts";
import { formPage } from "../../lib/form_page.ts";
import { t } from "../../lib/i18n/t.ts";
import { loadPreferences } from "../../lib/preferences_page.ts";
import { define } from "../../utils.ts";

export const handler = define.handlers(formPage(
  (ctx) => loadPreferences(ctx, "settings.notifications"),
  {
    async save(ctx, form) {
      await ctx.state.api.call("updatePreferences", {
        body: { notify_desktop: flag(form, "desktop"), notify_sound: flag(form, "sound") },
      });
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => (
  <AccountPage
    state={state}
    heading={t("settings.notifications")}
    here="/settings/notifications"
    admin={data.self.admin}
    lead={t("notify.lead")}
    note={data.note}
  >
    <ActForm act="save" guard>
      <Check
        name="desktop"
        label={t("notify.desktop")}
        hint={t("notify.desktopHint")}
        checked={data.preferences.notify_desktop}
      />
      <Check
        name="sound"
        label={t("notify.sound")}
        hint={t("notify.soundHint")}
        checked={data.preferences.notify_sound}
      />
      <SaveButton />
    </ActForm>
    <NotificationTest />
  </AccountPage>
));
