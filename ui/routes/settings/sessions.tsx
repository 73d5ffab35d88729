import { ActForm } from "../../components/FormParts.tsx";
import { Icon } from "../../components/Icon.tsx";
import { AccountPage } from "../../components/AccountPage.tsx";
import { text } from "../../lib/forms.ts";
import { formPage } from "../../lib/form_page.ts";
import { formatRelative } from "../../lib/format/time.ts";
import { t } from "../../lib/i18n/t.ts";
import { define } from "../../utils.ts";

export const handler = define.handlers(formPage(
  async (ctx) => {
    ctx.state.title = t("settings.sessions");
    const [self, { sessions }] = await Promise.all([
      ctx.state.api.call("getAccount"),
      ctx.state.api.call("listSessions"),
    ]);
    return { self, sessions };
  },
  {
    async revoke(ctx, form) {
      await ctx.state.api.call("revokeSession", { params: { session_id: text(form, "id") } });
    },
    async revokeOthers(ctx) {
      await ctx.state.api.call("revokeOtherSessions");
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => (
  <AccountPage
    state={state}
    heading={t("settings.sessions")}
    lead={t("sessions.lead")}
    admin={data.self.admin}
    here="/settings/sessions"
    note={data.note}
  >
    <ul class="rows">
      {data.sessions.map((session) => (
        <li key={session.id} class="row-card">
          <Icon name="device" />
          <div class="grow">
            <p class="strong break">
              {session.device_name}{" "}
              {session.current && <span class="tag accent">{t("sessions.current")}</span>}
            </p>
            <p class="small muted">
              {t("sessions.used", { when: formatRelative(session.last_used_ts, state.nowMs) })}
              {session.address && ` · ${session.address}`} ·{" "}
              {t("sessions.since", { when: formatRelative(session.created_ts, state.nowMs) })}
            </p>
          </div>
          {!session.current && (
            <ActForm act="revoke">
              <input type="hidden" name="id" value={session.id} />
              <button class="button small" type="submit">{t("sessions.revoke")}</button>
            </ActForm>
          )}
        </li>
      ))}
    </ul>
    {data.sessions.length > 1 && (
      <ActForm act="revokeOthers">
        <div>
          <button class="button danger" type="submit">{t("sessions.revokeOthers")}</button>
        </div>
      </ActForm>
    )}
  </AccountPage>
));
