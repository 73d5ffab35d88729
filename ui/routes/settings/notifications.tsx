import { AccountPage } from "../../components/AccountPage.tsx";
import { DigestForm } from "../../components/DigestForm.tsx";
import { NotifyExceptions } from "../../components/NotifyExceptions.tsx";
import { QuietFields, QuietNow } from "../../components/QuietFields.tsx";
import { ActForm, Check, SaveButton } from "../../components/FormParts.tsx";
import NotificationTest from "../../islands/NotificationTest.tsx";
import { flag, text } from "../../lib/forms.ts";
import { formPage } from "../../lib/form_page.ts";
import type { CallInput } from "../../lib/api/types.ts";
import { t } from "../../lib/i18n/t.ts";
import { readTimeZone } from "../../lib/time_zone.ts";
import { loadPreferences } from "../../lib/preferences_page.ts";
import { define } from "../../utils.ts";

export const handler = define.handlers(formPage(
  async (ctx) => {
    const [own, digest, { snapshot }] = await Promise.all([
      loadPreferences(ctx, "settings.notifications"),
      ctx.state.server.mail ? ctx.state.api.call("getDigest") : null,
      ctx.state.api.call("sync"),
    ]);
    const { notify = [], guilds = [], dms = [] } = snapshot ?? {};
    return {
      ...own,
      digest,
      settings: notify,
      known: { guilds, dms, selfId: own.self.user.id },
      timeZone: readTimeZone(ctx.req),
      nowMs: ctx.state.nowMs,
    };
  },
  {
    async save(ctx, form) {
      await ctx.state.api.call("updatePreferences", {
        body: {
          notify_desktop: flag(form, "desktop"),
          notify_sound: flag(form, "sound"),
          ...quietIn(form),
        },
      });
    },
    async quiet(ctx, form) {
      await ctx.state.api.call("setQuiet", { body: wishIn(ctx.req, text(form, "wish")) });
    },
    async digest(ctx, form) {
      await ctx.state.api.call("setDigest", { body: { choice: digestIn(form) } });
    },
    async reset(ctx, form) {
      const channel = text(form, "channel");
      await ctx.state.api.call("resetNotifySetting", {
        body: { room_id: text(form, "room"), channel_id: channel === "" ? null : channel },
      });
    },
  },
));

const HOUR_MS = 3_600_000;

function wishIn(request: Request, wish: string): CallInput<"setQuiet">["body"] {
  if (wish === "hour") return { kind: "for", ms: HOUR_MS };
  return wish === "end" ? { kind: "end" } : { kind: "tomorrow", zone: readTimeZone(request) };
}

function digestIn(form: FormData): CallInput<"setDigest">["body"]["choice"] {
  const every = text(form, "digest_every");
  return every !== "day" && every !== "week" ? null : {
    every,
    weekday: Number(text(form, "digest_weekday")),
    hour: Number(text(form, "digest_hour")),
    zone: text(form, "digest_zone"),
  };
}

function quietIn(form: FormData) {
  return {
    quiet_calls: flag(form, "quiet_calls"),
    quiet_hours: {
      on: flag(form, "quiet_on"),
      days: form.getAll("quiet_day").map(Number),
      // A browser may send seconds, too.
      from: text(form, "quiet_from").slice(0, 5),
      to: text(form, "quiet_to").slice(0, 5),
      zone: text(form, "quiet_zone"),
    },
  };
}

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
      <QuietFields quiet={data.preferences} timeZone={data.timeZone} />
      <SaveButton />
    </ActForm>
    <QuietNow quiet={data.preferences} nowMs={data.nowMs} timeZone={data.timeZone} />
    <NotificationTest />
    {data.digest && <DigestForm digest={data.digest} timeZone={data.timeZone} />}
    <NotifyExceptions settings={data.settings} known={data.known} timeZone={data.timeZone} />
  </AccountPage>
));
