import { Icon } from "../../components/Icon.tsx";
import { SettingsPage } from "../../components/SettingsPage.tsx";
import { adminLinks, requireAdmin } from "../../lib/admin.ts";
import { formPage } from "../../lib/form_page.ts";
import { formatRelative } from "../../lib/format/time.ts";
import { t } from "../../lib/i18n/t.ts";
import { define } from "../../utils.ts";

export const handler = define.handlers(formPage(async (ctx) => {
  await requireAdmin(ctx, "gs.audit");
  const before = ctx.url.searchParams.get("before") ?? undefined;
  return await ctx.state.api.call("adminListAudit", { query: { before } });
}, {}));

export default define.page<typeof handler>(({ data, state }) => (
  <SettingsPage
    state={state}
    title={t("admin.title")}
    heading={t("gs.audit")}
    back="/"
    links={adminLinks()}
    here="/admin/audit"
    note={data.note}
  >
    {data.entries.length === 0 && <p class="muted">{t("audit.none")}</p>}
    <ul class="rows">
      {data.entries.map((entry) => (
        <li key={entry.id} class="row-card">
          <Icon name="list" />
          <div class="grow">
            <p class="break">
              <span class="strong">{entry.actor ?? t("admin.commandLine")}</span>{" "}
              <span class="tag">{entry.action}</span>{" "}
              {entry.target && <span class="mono">{entry.target}</span>}
            </p>
            {entry.reason && <p class="small">“{entry.reason}”</p>}
          </div>
          <span class="tiny faint nowrap">{formatRelative(entry.ts, state.nowMs)}</span>
        </li>
      ))}
    </ul>
    {data.next !== null && <a class="button" href={`?before=${data.next}`}>{t("gs.next")}</a>}
  </SettingsPage>
));
