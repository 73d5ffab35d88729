import { AdminPage } from "../../../components/AdminPage.tsx";
import { Avatar } from "../../../components/Avatar.tsx";
import { Field } from "../../../components/Field.tsx";
import { ActForm } from "../../../components/FormParts.tsx";
import { Tiles } from "../../../components/Tiles.tsx";
import { requireAdmin } from "../../../lib/admin.ts";
import { ApiError } from "../../../lib/api/request.ts";
import { readTimeZone } from "../../../lib/time_zone.ts";
import type { Context } from "../../../lib/fresh/mod.ts";
import { text } from "../../../lib/forms.ts";
import { formPage } from "../../../lib/form_page.ts";
import { handleOf, serverOf } from "../../../lib/format/names.ts";
import { formatNumber } from "../../../lib/format/number.ts";
import { formatSize } from "../../../lib/format/size.ts";
import { formatFull } from "../../../lib/format/time.ts";
import { reasonIn } from "../../../lib/guild_settings.ts";
import { t } from "../../../lib/i18n/t.ts";
import { define, type State } from "../../../utils.ts";

const paramsOf = (ctx: Context<State>) => ({ guild_id: ctx.params["guild"] ?? "" });

export const handler = define.handlers(formPage(
  async (ctx) => {
    await requireAdmin(ctx, "admin.guilds");
    const guild = await ctx.state.api.call("adminGetGuild", { params: paramsOf(ctx) });
    return { guild, timeZone: readTimeZone(ctx.req) };
  },
  {
    async end(ctx, form) {
      const { name } = await ctx.state.api.call("adminGetGuild", { params: paramsOf(ctx) });
      if (text(form, "name").trim() !== name) {
        throw new ApiError(400, "invalid", t("guard.typed", { name }));
      }
      await ctx.state.api.call("adminDeleteGuild", {
        params: paramsOf(ctx),
        body: reasonIn(form),
      });
      return "/admin/guilds?saved=1";
    },
  },
));

export default define.page<typeof handler>(({ data: { guild, timeZone, note }, state }) => (
  <AdminPage
    state={state}
    heading={guild.name}
    back="/admin/guilds"
    here="/admin/guilds"
    note={note}
    {...(guild.description === null ? {} : { lead: guild.description })}
  >
    <div class="card row">
      <Avatar id={guild.id} name={guild.name} uri={guild.icon} size="xl" guild />
      <div class="grow">
        <p class="break">
          {guild.owner === null
            ? t("guilds.noOwner")
            : serverOf(guild.owner) === state.server.name
            ? (
              <a href={`/admin/users/${encodeURIComponent(guild.owner)}`}>
                {t("guilds.ownedBy", { name: handleOf(guild.owner) })}
              </a>
            )
            : t("guilds.ownedBy", { name: handleOf(guild.owner) })}
        </p>
        <p class="small muted">
          {t("admin.since", { date: formatFull(guild.created_ts, timeZone) })}
        </p>
        <p class="tiny mono muted break">{guild.id}</p>
        {guild.local_only && <span class="tag">{t("guilds.localOnly")}</span>}
      </div>
    </div>
    <Tiles
      tiles={[
        {
          name: t("guilds.members"),
          value: formatNumber(guild.member_count),
          note: t("guilds.localMembers", { n: guild.local_members }),
        },
        { name: t("guilds.stored"), value: formatNumber(guild.messages) },
        {
          name: t("admin.media"),
          value: formatSize(guild.media_bytes),
          note: t("media.files", { n: guild.media_files }),
        },
      ]}
    />
    <section class="card danger-card stack">
      <h2>{t("guilds.end")}</h2>
      <p>{t("guilds.endText", { n: guild.local_members })}</p>
      <ActForm act="end">
        <Field
          name="name"
          label={t("deactivate.type", { name: guild.name })}
          autocomplete="off"
          spellcheck={false}
          required
        />
        <Field name="reason" label={t("moderate.reason")} maxlength={500} />
        <div>
          <button class="button danger solid" type="submit">{t("guilds.endSubmit")}</button>
        </div>
      </ActForm>
    </section>
  </AdminPage>
));
