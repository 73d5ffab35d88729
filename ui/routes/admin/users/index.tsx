import { AccountState, USER_ORDERS } from "../../../../core/api/admin.ts";
import { AdminPage } from "../../../components/AdminPage.tsx";
import { Avatar } from "../../../components/Avatar.tsx";
import { Drawing } from "../../../components/Drawing.tsx";
import { Field } from "../../../components/Field.tsx";
import { Select } from "../../../components/FormParts.tsx";
import { chosen, queryOf, requireAdmin, withQuery } from "../../../lib/admin.ts";
import { formPage } from "../../../lib/form_page.ts";
import { handleOf } from "../../../lib/format/names.ts";
import { formatRelative } from "../../../lib/format/time.ts";
import { t } from "../../../lib/i18n/t.ts";
import { define } from "../../../utils.ts";

const SHOWN = ["all", ...AccountState.options, "admin"] as const;

export const handler = define.handlers(formPage(async (ctx) => {
  await requireAdmin(ctx, "admin.users");
  const show = chosen(ctx.url, "show", SHOWN);
  const filter = {
    query: queryOf(ctx.url, "query"),
    order: chosen(ctx.url, "order", USER_ORDERS),
  };
  const list = await ctx.state.api.call("adminListUsers", {
    query: {
      ...filter,
      before: queryOf(ctx.url, "before"),
      ...(show === "admin" ? { admin: "true" } : show === "all" ? {} : { state: show }),
    },
  });
  return { list, show, filter };
}, {}));

export default define.page<typeof handler>(({ data, state }) => (
  <AdminPage state={state} heading={t("admin.users")} here="/admin/users" note={data.note}>
    <Search show={data.show} {...data.filter} />
    <p class="small muted" role="status">{t("admin.userCount", { n: data.list.total })}</p>
    {data.list.users.length === 0 && (
      <div class="empty">
        <Drawing name="seats" />
        <p>{t("list.nothing")}</p>
      </div>
    )}
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
        href={withQuery({ ...data.filter, show: data.show, before: data.list.next })}
      >
        {t("gs.next")}
      </a>
    )}
  </AdminPage>
));

function Search(props: {
  query: string | undefined;
  order: (typeof USER_ORDERS)[number];
  show: (typeof SHOWN)[number];
}) {
  return (
    <form method="get" class="row wrap form-line" role="search">
      <Field name="query" label={t("gs.searchMembers")} value={props.query ?? ""} />
      <Select
        name="show"
        label={t("list.show")}
        value={props.show}
        options={SHOWN.map((each) =>
          [
            each,
            each === "all"
              ? t("list.all")
              : each === "admin"
              ? t("list.admins")
              : t(`admin.state.${each}`),
          ] as const
        )}
      />
      <Select
        name="order"
        label={t("list.order")}
        value={props.order}
        options={USER_ORDERS.map((each) => [each, t(`list.order.${each}`)] as const)}
      />
      <button class="button" type="submit">{t("gs.search")}</button>
    </form>
  );
}
