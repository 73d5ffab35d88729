import type { Erasure } from "../../../core/api/erasure.ts";
import { ActForm, Check } from "../../components/FormParts.tsx";
import { Field } from "../../components/Field.tsx";
import { AccountPage } from "../../components/AccountPage.tsx";
import LogoutForm from "../../islands/LogoutForm.tsx";
import { ApiError } from "../../lib/api/request.ts";
import { flag, text } from "../../lib/forms.ts";
import { formPage } from "../../lib/form_page.ts";
import { localPart } from "../../lib/format/names.ts";
import { formatRelative } from "../../lib/format/time.ts";
import { t } from "../../lib/i18n/t.ts";
import { define } from "../../utils.ts";

/** Lines of what goes and of what stays; see DEACTIVATION_TERMS. */
const TERMS = [1, 2, 3] as const;

export const handler = define.handlers(formPage(
  async (ctx) => {
    ctx.state.title = t("settings.account");
    const [self, { erasures }] = await Promise.all([
      ctx.state.api.call("getAccount"),
      ctx.state.api.call("listErasures"),
    ]);
    return { self, erasures };
  },
  {
    async deactivate(ctx, form) {
      await ctx.state.api.call("deactivateAccount", {
        body: { user_name: text(form, "user_name").trim(), erase: flag(form, "erase") },
      });
      return "/login";
    },
    async erase(ctx, form) {
      const { user } = await ctx.state.api.call("getAccount");
      const name = localPart(user.id);
      if (text(form, "erase_name").trim().toLowerCase() !== name) {
        throw new ApiError(400, "invalid", t("guard.typed", { name }));
      }
      await ctx.state.api.call("eraseOwnWords", { body: {} });
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => (
  <AccountPage
    state={state}
    heading={t("settings.account")}
    admin={data.self.admin}
    here="/settings/account"
    note={data.note}
  >
    <LogoutForm userId={data.self.user.id} />
    <section class="card stack">
      <h2>{t("erase.title")}</h2>
      <p>{t("erase.text")}</p>
      {data.erasures.map((erasure) => (
        <ErasureCard key={erasure.seq} erasure={erasure} nowMs={state.nowMs} />
      ))}
      <ActForm act="erase">
        <Field
          name="erase_name"
          label={t("erase.type", { name: localPart(data.self.user.id) })}
          autocomplete="off"
          spellcheck={false}
          required
        />
        <div>
          <button class="button danger" type="submit">{t("erase.submit")}</button>
        </div>
      </ActForm>
    </section>
    <section class="card danger-card stack">
      <h2>{t("deactivate.title")}</h2>
      <div>
        <h3>{t("deactivate.goes")}</h3>
        <ul class="bullets">{TERMS.map((at) => <li key={at}>{t(`deactivate.goes.${at}`)}</li>)}</ul>
      </div>
      <div>
        <h3>{t("deactivate.stays")}</h3>
        <ul class="bullets">
          {TERMS.map((at) => <li key={at}>{t(`deactivate.stays.${at}`)}</li>)}
        </ul>
      </div>
      <ActForm act="deactivate">
        <Field
          name="user_name"
          label={t("deactivate.type", { name: localPart(data.self.user.id) })}
          autocomplete="off"
          spellcheck={false}
          required
        />
        <Check
          name="erase"
          label={t("deactivate.erase")}
          hint={t("deactivate.eraseHint")}
          checked={false}
        />
        <div>
          <button class="button danger solid" type="submit">{t("deactivate.submit")}</button>
        </div>
      </ActForm>
    </section>
  </AccountPage>
));

/** What each server made of an order to erase: a receipt, a refusal, or nothing yet. */
function ErasureCard({ erasure, nowMs }: { erasure: Erasure; nowMs: number }) {
  return (
    <div class="quoted">
      <p class="small strong">
        {t("erase.ordered", { when: formatRelative(erasure.created_ts, nowMs) })}
      </p>
      <ul class="bullets">
        {erasure.servers.map((server) => (
          <li key={server.server} class="small break">
            {server.state === "done"
              ? t("erase.done", { server: server.server, n: server.erased ?? 0 })
              : t(server.state === "refused" ? "erase.refused" : "erase.pending", {
                server: server.server,
              })} {server.state !== "done" && server.error}
          </li>
        ))}
      </ul>
    </div>
  );
}
