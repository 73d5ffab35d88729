import { GUILD_ORDERS } from "../../../../core/api/admin_guilds.ts";
import { AdminPage } from "../../../components/AdminPage.tsx";
import { Avatar } from "../../../components/Avatar.tsx";
import { Drawing } from "../../../components/Drawing.tsx";
import { Field } from "../../../components/Field.tsx";
import { Select } from "../../../components/FormParts.tsx";
import { chosen, queryOf, requireAdmin, withQuery } from "../../../lib/admin.ts";
import { formPage } from "../../../lib/form_page.ts";
import { handleOf } from "../../../lib/format/names.ts";
import { formatSize } from "../../../lib/format/size.ts";
import { t } from "../../../lib/i18n/t.ts";
import { define } from "../../../utils.ts";

const ORDERS = GUILD_ORDERS.filter((order) => order !== "id");

export const handler = define.handlers(formPage(async (ctx) => {
  await requireAdmin(ctx, "admin.guilds");
  const filter = { query: queryOf(ctx.url, "query"), order: chosen(ctx.url, "order", ORDERS) };
  const after = queryOf(ctx.url, "after");
  const list = await ctx.state.api.call("adminListGuilds", { query: { ...filter, after } });
  return { list, filter };
}, {}));

export default define.page<typeof handler>(({ data, state }) => (
  <AdminPage state={state} heading={t("admin.guilds")} here="/admin/guilds" note={data.note}>
    <form method="get" class="row wrap form-line" role="search">
      <Field name="query" label={t("guilds.search")} value={data.filter.query ?? ""} />
      <Select
        name="order"
        label={t("list.order")}
        value={data.filter.order}
        options={ORDERS.map((each) =>
          [each, t(`guilds.order.${each}`)] as const
        )}
      />
      <button class="button" type="submit">{t("gs.search")}</button>
    </form>
    <p class="small muted" role="status">{t("guilds.count", { n: data.list.total })}</p>
    {data.list.guilds.length === 0 && (
      <div class="empty">
        <Drawing name="table" />
        <p>{data.filter.query === undefined ? t("guilds.none") : t("list.nothing")}</p>
      </div>
    )}
    <ul class="rows">
      {data.list.guilds.map((guild) => (
        <li key={guild.id} class="row-card">
          <Avatar id={guild.id} name={guild.name} uri={guild.icon} size="m" guild />
          <a class="grow row-link" href={`/admin/guilds/${encodeURIComponent(guild.id)}`}>
            <span class="strong break">{guild.name}</span>
            <span class="small muted block break">
              {guild.owner === null
                ? t("guilds.noOwner")
                : t("guilds.ownedBy", { name: handleOf(guild.owner) })}
            </span>
          </a>
          <span class="small muted guild-sums">
            <span>{t("members", { n: guild.member_count })}</span>
            <span>{t("guilds.messages", { n: guild.messages })}</span>
            <span>{formatSize(guild.media_bytes)}</span>
          </span>
          {guild.local_only && <span class="tag">{t("guilds.localOnly")}</span>}
        </li>
      ))}
    </ul>
    {data.list.next && (
      <a class="button" href={withQuery({ ...data.filter, after: data.list.next })}>
        {t("gs.next")}
      </a>
    )}
  </AdminPage>
));
