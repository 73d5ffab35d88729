import type { AdminUser } from "../../../../core/api/admin.ts";
import { handleOf } from "../../../lib/format/names.ts";
import { ActForm } from "../../../components/FormParts.tsx";
import { Avatar } from "../../../components/Avatar.tsx";
import { Field } from "../../../components/Field.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { SettingsPage } from "../../../components/SettingsPage.tsx";
import { adminLinks, requireAdmin } from "../../../lib/admin.ts";
import type { Context } from "../../../lib/fresh/mod.ts";
import { text } from "../../../lib/forms.ts";
import { formPage } from "../../../lib/form_page.ts";
import { formatFull, formatRelative } from "../../../lib/format/time.ts";
import { reasonIn } from "../../../lib/guild_settings.ts";
import { type Key, t } from "../../../lib/i18n/t.ts";
import { define, type State } from "../../../utils.ts";

const paramsOf = (ctx: Context<State>) => ({ user_id: ctx.params["user"] ?? "" });

export const handler = define.handlers(formPage(
  async (ctx) => {
    await requireAdmin(ctx, "admin.users");
    return await ctx.state.api.call("adminGetUser", { params: paramsOf(ctx) });
  },
  {
    async lock(ctx, form) {
      const body = { locked: text(form, "on") === "yes", ...reasonIn(form) };
      await ctx.state.api.call("adminLockUser", { params: paramsOf(ctx), body });
    },
    async suspend(ctx, form) {
      const body = { suspended: text(form, "on") === "yes", ...reasonIn(form) };
      await ctx.state.api.call("adminSuspendUser", { params: paramsOf(ctx), body });
    },
    async administrator(ctx, form) {
      const body = { admin: text(form, "on") === "yes", ...reasonIn(form) };
      await ctx.state.api.call("adminSetAdministrator", { params: paramsOf(ctx), body });
    },
    async sessions(ctx) {
      await ctx.state.api.call("adminRevokeSessions", { params: paramsOf(ctx) });
    },
    async deactivate(ctx, form) {
      await ctx.state.api.call("adminDeactivateUser", {
        params: paramsOf(ctx),
        body: reasonIn(form),
      });
    },
    async reset(ctx) {
      const link = await ctx.state.api.call("adminResetLink", { params: paramsOf(ctx) });
      return `${ctx.url.pathname}?link=${encodeURIComponent(new URL(link.url).pathname)}`;
    },
  },
));

export default define.page<typeof handler>(({ data, state, url }) => {
  const { user, sessions } = data;
  const link = url.searchParams.get("link");
  return (
    <SettingsPage
      state={state}
      title={t("admin.title")}
      heading={user.display_name ?? user.user_name}
      back="/admin/users"
      links={adminLinks()}
      here="/admin/users"
      note={data.note}
    >
      {link?.startsWith("/reset/") && (
        <Notice icon="key">
          <p>{t("admin.resetLink")}</p>
          <p class="mono break">{state.server.public_url.replace(/\/$/, "") + link}</p>
        </Notice>
      )}
      <div class="card row">
        <Avatar
          id={user.id}
          name={user.display_name ?? user.user_name}
          uri={user.avatar}
          size="xl"
        />
        <div class="grow">
          <p class="break">{handleOf(user.id)}</p>
          <p class="small muted break">
            {t("admin.since", { date: formatFull(user.created_ts, "UTC") })}
            {user.created_by && ` · ${user.created_by}`}
          </p>
          {user.state !== "active" && (
            <p>
              <span class="tag danger">{t(`admin.state.${user.state}`)}</span> {user.state_reason}
            </p>
          )}
        </div>
      </div>
      <h2>{t("settings.sessions")}</h2>
      {sessions.length === 0 && <p class="muted">{t("admin.noSessions")}</p>}
      <ul class="rows">
        {sessions.map((session) => (
          <li key={session.id} class="row-card">
            <span class="grow break">{session.device_name}</span>
            <span class="small muted">{formatRelative(session.last_used_ts, state.nowMs)}</span>
          </li>
        ))}
      </ul>
      <div class="row wrap">
        <ActForm act="reset">
          <button class="button" type="submit">{t("admin.reset")}</button>
        </ActForm>
        {sessions.length > 0 && (
          <ActForm act="sessions">
            <button class="button" type="submit">{t("admin.endSessions")}</button>
          </ActForm>
        )}
      </div>
      {user.state !== "deactivated" && <Measures user={user} />}
    </SettingsPage>
  );
});

function Measures({ user }: { user: AdminUser }) {
  const acts: [string, Key, Key, boolean][] = [
    ["suspend", "admin.suspend", "admin.unsuspend", user.state === "suspended"],
    ["lock", "admin.lock", "admin.unlock", user.state === "locked"],
    ["administrator", "admin.promote", "admin.demote", user.admin],
  ];
  return (
    <section class="card danger-card stack">
      <h2>{t("admin.measures")}</h2>
      {acts.map(([act, on, off, active]) => (
        <ActForm key={act} act={act} class="row form-line">
          <input type="hidden" name="on" value={active ? "no" : "yes"} />
          <div class="grow">
            <label class="sr" for={`reason-${act}`}>{t("moderate.reason")}</label>
            <input
              class="input"
              id={`reason-${act}`}
              name="reason"
              placeholder={t("moderate.reason")}
              maxLength={500}
            />
          </div>
          <button class="button danger" type="submit">{t(active ? off : on)}</button>
        </ActForm>
      ))}
      <hr />
      <ActForm act="deactivate">
        <Field name="reason" label={t("admin.deactivateLabel")} maxlength={500} />
        <div>
          <button class="button danger solid" type="submit">{t("deactivate.submit")}</button>
        </div>
      </ActForm>
    </section>
  );
}
