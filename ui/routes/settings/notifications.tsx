import { AccountPage } from "../../components/AccountPage.tsx";
import { NotifyExceptions } from "../../components/NotifyExceptions.tsx";
import { ActForm, Check, SaveButton } from "../../components/FormParts.tsx";
import NotificationTest from "../../islands/NotificationTest.tsx";
import { flag, text } from "../../lib/forms.ts";
import { formPage } from "../../lib/form_page.ts";
import { t } from "../../lib/i18n/t.ts";
import { readTimeZone } from "../../lib/chat_page.ts";
import { loadPreferences } from "../../lib/preferences_page.ts";
import { define } from "../../utils.ts";

export const handler = define.handlers(formPage(
  async (ctx) => {
    const [own, { snapshot }] = await Promise.all([
      loadPreferences(ctx, "settings.notifications"),
      ctx.state.api.call("sync"),
    ]);
    const { notify = [], guilds = [], dms = [] } = snapshot ?? {};
    return {
      ...own,
      settings: notify,
      known: { guilds, dms, selfId: own.self.user.id },
      timeZone: readTimeZone(ctx.req),
    };
  },
  {
    async save(ctx, form) {
      await ctx.state.api.call("updatePreferences", {
        body: { notify_desktop: flag(form, "desktop"), notify_sound: flag(form, "sound") },
      });
    },
    async reset(ctx, form) {
      const channel = text(form, "channel");
      await ctx.state.api.call("resetNotifySetting", {
        body: { room_id: text(form, "room"), channel_id: channel === "" ? null : channel },
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
    <NotifyExceptions settings={data.settings} known={data.known} timeZone={data.timeZone} />
  </AccountPage>
));
