import { AdminPage } from "../../components/AdminPage.tsx";
import { ActForm } from "../../components/FormParts.tsx";
import { Icon, type IconName } from "../../components/Icon.tsx";
import { requireAdmin } from "../../lib/admin.ts";
import { formPage } from "../../lib/form_page.ts";
import { formatRelative } from "../../lib/format/time.ts";
import type { Values } from "../../lib/i18n/message.ts";
import { isHere, type Key, t } from "../../lib/i18n/t.ts";
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
                {said(`doctor.check.${each.check.replaceAll(" ", "_")}`, each.check)}{" "}
                <span class={`tag ${each.status}`}>{t(`health.${each.status}`)}</span>
              </p>
              <p class="break">
                {said(`doctor.say.${each.code}`, each.message, each.values)}
              </p>
              {each.advice && (
                <p class="small muted break">
                  {said(`doctor.do.${each.advice_code}`, each.advice, each.values)}
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </AdminPage>
  );
});

/** Stands in a text where the words of another program come: of no use to anybody else. */
const REASON = "\uE000";

/**
 * In the reader's language, but for what a library or another server said; what a later version
 * found, in the English it came with.
 */
function said(key: string, english: string, values: Values = {}) {
  if (!isHere(key as Key)) return <span lang="en" dir="auto">{english}</span>;
  const { reason } = values;
  if (reason === undefined) return t(key as Key, values);
  const [before, after] = t(key as Key, { ...values, reason: REASON }).split(REASON);
  return after === undefined ? before : (
    <>
      {before}
      <span lang="en" dir="auto">{reason}</span>
      {after}
    </>
  );
}
