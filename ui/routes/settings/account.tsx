import { ActForm, Check } from "../../components/FormParts.tsx";
import { ErasureCard } from "../../components/ErasureCard.tsx";
import { Field } from "../../components/Field.tsx";
import { AccountPage } from "../../components/AccountPage.tsx";
import LogoutForm from "../../islands/LogoutForm.tsx";
import { ApiError } from "../../lib/api/request.ts";
import { flag, text } from "../../lib/forms.ts";
import { formPage } from "../../lib/form_page.ts";
import { localPart } from "../../lib/format/names.ts";
import { t } from "../../lib/i18n/t.ts";
import type { Context } from "../../lib/fresh/mod.ts";
import { define, type State } from "../../utils.ts";

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
      await requireOwnName(ctx, text(form, "user_name"));
      const { receipts_url: receipts } = await ctx.state.api.call("deactivateAccount", {
        body: { user_name: text(form, "user_name").trim(), erase: flag(form, "erase") },
      });
      return receipts === null ? "/login" : new URL(receipts).pathname;
    },
    async erase(ctx, form) {
      await requireOwnName(ctx, text(form, "erase_name"));
      await ctx.state.api.call("eraseOwnWords", { body: {} });
    },
  },
));

/** @throws ApiError where something else was typed than the name of the account */
async function requireOwnName(ctx: Context<State>, typed: string): Promise<void> {
  const { user } = await ctx.state.api.call("getAccount");
  const name = localPart(user.id);
  if ([name, user.id].includes(typed.trim().toLowerCase())) return;
  throw new ApiError(400, "invalid", t("guard.typed", { name }));
}

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
          checked={data.note.refused?.has("erase") ?? false}
        />
        <div>
          <button class="button danger solid" type="submit">{t("deactivate.submit")}</button>
        </div>
      </ActForm>
    </section>
  </AccountPage>
));
