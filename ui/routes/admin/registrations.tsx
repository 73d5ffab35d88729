import type { Registration } from "../../../core/api/registrations.ts";
import { AdminPage } from "../../components/AdminPage.tsx";
import { Drawing } from "../../components/Drawing.tsx";
import { Field } from "../../components/Field.tsx";
import { ActForm } from "../../components/FormParts.tsx";
import { Notice } from "../../components/Notice.tsx";
import { requireAdmin } from "../../lib/admin.ts";
import { formPage } from "../../lib/form_page.ts";
import { text } from "../../lib/forms.ts";
import { formatRelative } from "../../lib/format/time.ts";
import { wayIn } from "../../lib/format/way_in.ts";
import { t } from "../../lib/i18n/t.ts";
import { define } from "../../utils.ts";

export const handler = define.handlers(formPage(
  async (ctx) => {
    await requireAdmin(ctx, "admin.waiting");
    return await ctx.state.api.call("adminListRegistrations");
  },
  {
    async approve(ctx, form) {
      const params = { registration_id: text(form, "id") };
      await ctx.state.api.call("adminApproveRegistration", { params });
    },
    async refuse(ctx, form) {
      const params = { registration_id: text(form, "id") };
      const reason = text(form, "reason").trim();
      const body = reason === "" ? {} : { reason };
      await ctx.state.api.call("adminRefuseRegistration", { params, body });
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => (
  <AdminPage
    state={state}
    heading={t("admin.waiting")}
    here="/admin/registrations"
    lead={t("admin.waitingLead")}
    note={data.note}
  >
    {!state.server.registration.approval && (
      <Notice>
        {t("admin.waitingOff")} <a href="/admin/settings#f-approval">{t("admin.settings")}</a>
      </Notice>
    )}
    {data.registrations.length === 0
      ? (
        <div class="empty">
          <Drawing name="seats" />
          <p>{t("admin.waitingNone")}</p>
        </div>
      )
      : (
        <>
          <p class="small muted" role="status">{t("admin.waitingCount", { n: data.total })}</p>
          {data.registrations.map((each) => (
            <section key={each.id} class="card stack">
              <Who registration={each} nowMs={state.nowMs} />
            </section>
          ))}
        </>
      )}
  </AdminPage>
));

function Who({ registration: each, nowMs }: { registration: Registration; nowMs: number }) {
  return (
    <>
      <div>
        <h2 class="break">{each.display_name ?? each.user_name}</h2>
        <p class="small muted break">
          @{each.user_name}
          {each.address !== null && ` · ${each.address}`}
          {` · ${wayIn(each.created_by)} · ${formatRelative(each.created_ts, nowMs)}`}
        </p>
      </div>
      {each.why !== null && <blockquote class="quoted break">{each.why}</blockquote>}
      <div class="row wrap end">
        <ActForm act="approve">
          <input type="hidden" name="id" value={each.id} />
          <button
            class="button primary"
            type="submit"
            aria-label={t("admin.approveName", { name: each.user_name })}
          >
            {t("admin.approve")}
          </button>
        </ActForm>
        <ActForm act="refuse" class="row wrap end grow">
          <input type="hidden" name="id" value={each.id} />
          <Field
            name="reason"
            id={`f-reason-${each.id}`}
            label={t("admin.refuseReason")}
            maxlength={500}
          />
          <button
            class="button danger"
            type="submit"
            aria-label={t("admin.refuseName", { name: each.user_name })}
          >
            {t("admin.refuse")}
          </button>
        </ActForm>
      </div>
    </>
  );
}
