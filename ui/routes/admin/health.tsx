import { AdminPage } from "../../components/AdminPage.tsx";
import { ActForm } from "../../components/FormParts.tsx";
import { Icon, type IconName } from "../../components/Icon.tsx";
import { requireAdmin } from "../../lib/admin.ts";
import { formPage } from "../../lib/form_page.ts";
import { formatRelative } from "../../lib/format/time.ts";
import { t } from "../../lib/i18n/t.ts";
import { define } from "../../utils.ts";

const ICONS = { ok: "check", warning: "warning", problem: "ban" } as const satisfies Record<
  string,
  IconName
>;
const ORDER = ["problem", "warning", "ok"] as const;

export const handler = define.handlers(formPage(
  async (ctx) => {
    await requireAdmin(ctx, "admin.health");
    return { report: await ctx.state.api.call("adminGetDoctor") };
  },
  {
    async run(ctx) {
      await ctx.state.api.call("adminRunDoctor");
      return ctx.url.pathname;
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => {
  const { findings, ran_ts: ran } = data.report;
  const sorted = ORDER.flatMap((status) => findings.filter((each) => each.status === status));
  const bad = findings.filter(({ status }) => status !== "ok").length;
  return (
    <AdminPage
      state={state}
      heading={t("admin.health")}
      here="/admin/health"
      lead={t("health.lead")}
      note={data.note}
    >
      <div class="row wrap">
        <p class="strong grow" role="status">
          {bad === 0 ? t("health.well") : t("health.count", { n: bad })}{" "}
          <span class="small muted">
            {t("health.ran", { when: formatRelative(ran, state.nowMs) })}
          </span>
        </p>
        <ActForm act="run" class="">
          <button class="button" type="submit">
            <Icon name="retry" small /> {t("health.again")}
          </button>
        </ActForm>
      </div>
      <ul class="rows">
        {sorted.map((each, at) => (
          <li key={at} class={`row-card finding ${each.status}`}>
            <Icon name={ICONS[each.status]} />
            <div class="grow">
              <p class="strong">
                <span lang="en">{each.check}</span>{" "}
                <span class={`tag ${each.status}`}>{t(`health.${each.status}`)}</span>
              </p>
              <p class="break" lang="en" dir="auto">{each.message}</p>
              {each.advice && <p class="small muted break" lang="en" dir="auto">{each.advice}</p>}
            </div>
          </li>
        ))}
      </ul>
    </AdminPage>
  );
});
