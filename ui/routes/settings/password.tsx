import PasswordMeter from "../../islands/PasswordMeter.tsx";
import { ActForm } from "../../components/FormParts.tsx";
import { Field } from "../../components/Field.tsx";
import { AccountPage } from "../../components/AccountPage.tsx";
import { text } from "../../lib/forms.ts";
import { formPage } from "../../lib/form_page.ts";
import { t } from "../../lib/i18n/t.ts";
import { define } from "../../utils.ts";

export const handler = define.handlers(formPage(
  async (ctx) => {
    ctx.state.title = t("settings.password");
    const [self, ways] = await Promise.all([
      ctx.state.api.call("getAccount"),
      ctx.state.api.call("getSecondFactor"),
    ]);
    return { self, held: ways.password };
  },
  {
    async change(ctx, form) {
      await ctx.state.api.call("changePassword", {
        body: {
          ...(form.has("current") ? { current_password: text(form, "current") } : {}),
          new_password: text(form, "password"),
        },
      });
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => (
  <AccountPage
    state={state}
    heading={t("settings.password")}
    lead={t(data.held ? "password.lead" : "password.none")}
    admin={data.self.admin}
    here="/settings/password"
    note={data.note}
  >
    <ActForm act="change">
      <input type="hidden" name="username" autocomplete="username" value={data.self.user.id} />
      {data.held && (
        <Field
          name="current"
          type="password"
          label={t("field.currentPassword")}
          autocomplete="current-password"
          required
        />
      )}
      <Field
        name="password"
        type="password"
        label={t("field.newPassword")}
        hint={t("field.passwordHint")}
        autocomplete="new-password"
        required
      />
      <PasswordMeter of="f-password" />
      <div>
        <button class="button primary" type="submit">
          {t(data.held ? "password.change" : "password.set")}
        </button>
      </div>
    </ActForm>
  </AccountPage>
));
