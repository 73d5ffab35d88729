import { DEACTIVATION_TERMS } from "../../../core/api/account.ts";
import { ActForm } from "../../components/FormParts.tsx";
import { Field } from "../../components/Field.tsx";
import { accountLinks, SettingsPage } from "../../components/SettingsPage.tsx";
import { text } from "../../lib/forms.ts";
import { formPage } from "../../lib/form_page.ts";
import { localPart } from "../../lib/format/names.ts";
import { t } from "../../lib/i18n/t.ts";
import { define } from "../../utils.ts";

export const handler = define.handlers(formPage(
  async (ctx) => {
    ctx.state.title = t("settings.account");
    return { self: await ctx.state.api.call("getAccount") };
  },
  {
    async deactivate(ctx, form) {
      await ctx.state.api.call("deactivateAccount", {
        body: { user_name: text(form, "user_name").trim() },
      });
      return "/login";
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => (
  <SettingsPage
    state={state}
    title={t("settings.title")}
    heading={t("settings.account")}
    back="/"
    links={accountLinks(data.self.admin)}
    here="/settings/account"
    note={data.note}
  >
    <form method="post" action="/logout">
      <button class="button" type="submit">{t("me.logout")}</button>
    </form>
    <section class="card danger-card stack">
      <h2>{t("deactivate.title")}</h2>
      <div>
        <h3>{t("deactivate.goes")}</h3>
        <ul class="bullets">{DEACTIVATION_TERMS.goes.map((line) => <li key={line}>{line}</li>)}</ul>
      </div>
      <div>
        <h3>{t("deactivate.stays")}</h3>
        <ul class="bullets">
          {DEACTIVATION_TERMS.stays.map((line) => <li key={line}>{line}</li>)}
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
        <div>
          <button class="button danger solid" type="submit">{t("deactivate.submit")}</button>
        </div>
      </ActForm>
    </section>
  </SettingsPage>
));
