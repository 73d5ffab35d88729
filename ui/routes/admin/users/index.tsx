import { handleOf } from "../../../lib/format/names.ts";
import { Avatar } from "../../../components/Avatar.tsx";
import { Field } from "../../../components/Field.tsx";
import { SettingsPage } from "../../../components/SettingsPage.tsx";
import { adminLinks, requireAdmin } from "../../../lib/admin.ts";
import { formPage } from "../../../lib/form_page.ts";
import { formatRelative } from "../../../lib/format/time.ts";
import { t } from "../../../lib/i18n/t.ts";
import { define } from "../../../utils.ts";

export const handler = define.handlers(formPage(async (ctx) => {
  await requireAdmin(ctx, "admin.users");
  const query = ctx.url.searchParams.get("query") ?? "";
  const before = ctx.url.searchParams.get("before") ?? undefined;
  const list = await ctx.state.api.call("adminListUsers", { query: { query, before } });
  return { list, query };
}, {}));

export default define.page<typeof handler>(({ data, state }) => (
  <SettingsPage
    state={state}
    title={t("admin.title")}
    heading={t("admin.users")}
    back="/"
    links={adminLinks()}
    here="/admin/users"
    note={data.note}
  >
    <form method="get" class="row form-line">
      <Field name="query" label={t("gs.searchMembers")} value={data.query} />
      <button class="button" type="submit">{t("gs.search")}</button>
    </form>
    <p class="small muted">{t("admin.userCount", { n: data.list.total })}</p>
    <ul class="rows">
      {data.list.users.map((user) => (
        <li key={user.id} class="row-card">
          <Avatar
            id={user.id}
            name={user.display_name ?? user.user_name}
            uri={user.avatar}
            size="m"
          />
          <a class="grow row-link" href={`/admin/users/${encodeURIComponent(user.id)}`}>
            <span class="strong break">{user.display_name ?? user.user_name}</span>
            <span class="small muted block break">{handleOf(user.id)}</span>
          </a>
          <span class="row-tight wrap end">
            {user.admin && <span class="tag accent">{t("admin.isAdmin")}</span>}
            {user.state !== "active" && (
              <span class="tag danger">{t(`admin.state.${user.state}`)}</span>
            )}
            {user.last_seen_ts !== null && (
              <span class="tiny faint">{formatRelative(user.last_seen_ts, state.nowMs)}</span>
            )}
          </span>
        </li>
      ))}
    </ul>
    {data.list.next && (
      <a
        class="button"
        href={`?query=${encodeURIComponent(data.query)}&before=${
          encodeURIComponent(data.list.next)
        }`}
      >
        {t("gs.next")}
      </a>
    )}
  </SettingsPage>
));
