import type { AdminUser } from "../../../../core/api/admin.ts";
import { AdminPage } from "../../../components/AdminPage.tsx";
import { Avatar } from "../../../components/Avatar.tsx";
import { Field } from "../../../components/Field.tsx";
import { ActForm } from "../../../components/FormParts.tsx";
import { Icon } from "../../../components/Icon.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { ReasonAct } from "../../../components/ReasonAct.tsx";
import { Tiles } from "../../../components/Tiles.tsx";
import { requireAdmin } from "../../../lib/admin.ts";
import { ApiError } from "../../../lib/api/request.ts";
import type { CallResult } from "../../../lib/api/types.ts";
import { readTimeZone } from "../../../lib/time_zone.ts";
import type { Context } from "../../../lib/fresh/mod.ts";
import { text } from "../../../lib/forms.ts";
import { formPage } from "../../../lib/form_page.ts";
import { shownDeviceName } from "../../../lib/format/device_name.ts";
import { handleOf } from "../../../lib/format/names.ts";
import { formatNumber } from "../../../lib/format/number.ts";
import { formatSize } from "../../../lib/format/size.ts";
import { formatFull, formatRelative } from "../../../lib/format/time.ts";
import { wayIn } from "../../../lib/format/way_in.ts";
import { reasonIn } from "../../../lib/guild_settings.ts";
import { type Key, t } from "../../../lib/i18n/t.ts";
import { define, type State } from "../../../utils.ts";

const paramsOf = (ctx: Context<State>) => ({ user_id: ctx.params["user"] ?? "" });

export const handler = define.handlers(formPage(
  async (ctx) => {
    await requireAdmin(ctx, "admin.users");
    const params = paramsOf(ctx);
    const [answer, { guilds }] = await Promise.all([
      ctx.state.api.call("adminGetUser", { params }),
      ctx.state.api.call("adminListUserGuilds", { params }),
    ]);
    return { ...answer, guilds, timeZone: readTimeZone(ctx.req) };
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
    async factor(ctx, form) {
      const params = paramsOf(ctx);
      await ctx.state.api.call("adminResetSecondFactor", { params, body: reasonIn(form) });
    },
    async deactivate(ctx, form) {
      const { user } = await ctx.state.api.call("adminGetUser", { params: paramsOf(ctx) });
      if (text(form, "user_name").trim().toLowerCase() !== user.user_name) {
        throw new ApiError(400, "invalid", t("guard.typed", { name: user.user_name }));
      }
      await ctx.state.api.call("adminDeactivateUser", {
        params: paramsOf(ctx),
        body: reasonIn(form),
      });
    },
    async reset(ctx) {
      const link = await ctx.state.api.call("adminResetLink", { params: paramsOf(ctx) });
      return { tell: link.url };
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => {
  const { user } = data;
  return (
    <AdminPage
      state={state}
      heading={user.display_name ?? user.user_name}
      back="/admin/users"
      here="/admin/users"
      note={data.note}
    >
      {data.note.told && (
        <Notice icon="key">
          <p>{t("admin.resetLink")}</p>
          <p class="mono break">{data.note.told}</p>
        </Notice>
      )}
      <Who user={user} timeZone={data.timeZone} />
      <Tiles
        tiles={[
          {
            name: t("user.seen"),
            value: user.last_seen_ts === null
              ? t("user.never")
              : formatRelative(user.last_seen_ts, state.nowMs),
          },
          { name: t("settings.sessions"), value: formatNumber(data.sessions.length) },
          {
            name: t("twoStep.title"),
            value: t(data.second_factor.totp ? "user.factorOn" : "user.factorOff"),
            note: t("user.passkeys", { n: data.second_factor.passkeys }),
          },
          { name: t("admin.guilds"), value: formatNumber(data.guilds.length) },
          {
            name: t("admin.media"),
            value: formatSize(data.media.bytes),
            note: t("media.files", { n: data.media.files }),
          },
        ]}
      />
      <Guilds guilds={data.guilds} userId={user.id} />
      <Sessions sessions={data.sessions} nowMs={state.nowMs} user={user} />
      <p>
        <a href={`/admin/audit?target=${encodeURIComponent(user.id)}`}>{t("user.audit")}</a>
      </p>
      {user.state !== "deactivated" && <Measures user={user} factor={data.second_factor} />}
    </AdminPage>
  );
});

function Who({ user, timeZone }: { user: AdminUser; timeZone: string }) {
  const name = user.display_name ?? user.user_name;
  return (
    <div class="card row">
      <Avatar id={user.id} name={name} uri={user.avatar} size="xl" />
      <div class="grow">
        <p class="break">{handleOf(user.id)}</p>
        <p class="small muted break">
          {t("admin.since", { date: formatFull(user.created_ts, timeZone) })}
          {user.created_by && ` · ${wayIn(user.created_by)}`}
        </p>
        <p class="row-tight wrap">
          {user.admin && <span class="tag accent">{t("admin.isAdmin")}</span>}
          {user.state !== "active" && (
            <span class="tag danger">{t(`admin.state.${user.state}`)}</span>
          )}
          {user.state_reason && <span class="small break">“{user.state_reason}”</span>}
        </p>
      </div>
    </div>
  );
}

function Guilds(
  { guilds, userId }: {
    guilds: CallResult<"adminListUserGuilds">["guilds"];
    userId: string;
  },
) {
  return (
    <section class="stack">
      <h2>{t("admin.guilds")}</h2>
      {guilds.length === 0 && <p class="muted">{t("user.noGuilds")}</p>}
      <ul class="rows">
        {guilds.map((guild) => (
          <li key={guild.id} class="row-card">
            <Avatar id={guild.id} name={guild.name} uri={guild.icon} size="m" guild />
            <a class="grow row-link" href={`/admin/guilds/${encodeURIComponent(guild.id)}`}>
              <span class="strong break">{guild.name}</span>
              <span class="small muted block">{t("members", { n: guild.member_count })}</span>
            </a>
            {guild.owner === userId && <span class="tag">{t("user.owns")}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Sessions(props: {
  sessions: CallResult<"adminGetUser">["sessions"];
  nowMs: number;
  user: AdminUser;
}) {
  return (
    <section class="stack">
      <h2>{t("settings.sessions")}</h2>
      {props.sessions.length === 0 && <p class="muted">{t("admin.noSessions")}</p>}
      <ul class="rows">
        {props.sessions.map((session) => (
          <li key={session.id} class="row-card">
            <Icon name="device" />
            <span class="grow break">
              {shownDeviceName(session.device_name)}
              <span class="small muted block">{session.address ?? ""}</span>
            </span>
            <span class="small muted">{formatRelative(session.last_used_ts, props.nowMs)}</span>
          </li>
        ))}
      </ul>
      {props.user.state !== "deactivated" && (
        <div class="row wrap">
          <ActForm act="reset">
            <button class="button" type="submit">{t("admin.reset")}</button>
          </ActForm>
          {props.sessions.length > 0 && (
            <ActForm act="sessions">
              <button class="button" type="submit">{t("admin.endSessions")}</button>
            </ActForm>
          )}
        </div>
      )}
    </section>
  );
}

function Measures(
  { user, factor }: { user: AdminUser; factor: CallResult<"adminGetUser">["second_factor"] },
) {
  const acts: [string, Key, Key, boolean][] = [
    ["suspend", "admin.suspend", "admin.unsuspend", user.state === "suspended"],
    ["lock", "admin.lock", "admin.unlock", user.state === "locked"],
    ["administrator", "admin.promote", "admin.demote", user.admin],
  ];
  return (
    <section class="card danger-card stack">
      <h2>{t("admin.measures")}</h2>
      <p class="small muted">{t("user.measures")}</p>
      {acts.map(([act, on, off, active]) => (
        <ReasonAct key={act} act={act} label={t(active ? off : on)} value={active ? "no" : "yes"} />
      ))}
      {(factor.totp || factor.passkeys > 0) && (
        <ReasonAct act="factor" label={t("user.factorReset")} value="yes" />
      )}
      <hr />
      <ActForm act="deactivate">
        <h3>{t("user.end")}</h3>
        <p class="small muted">{t("user.endText")}</p>
        <Field
          name="user_name"
          label={t("deactivate.type", { name: user.user_name })}
          autocomplete="off"
          spellcheck={false}
          required
        />
        <Field name="reason" label={t("admin.deactivateLabel")} maxlength={500} />
        <div>
          <button class="button danger solid" type="submit">{t("deactivate.submit")}</button>
        </div>
      </ActForm>
    </section>
  );
}
