import { page } from "fresh";
import { AuthPage, PlainHttpNotice } from "../../components/AuthPage.tsx";
import { Field } from "../../components/Field.tsx";
import { Notice } from "../../components/Notice.tsx";
import { ApiError } from "../../lib/api/request.ts";
import { readForm, refusal, text } from "../../lib/forms.ts";
import { t } from "../../lib/i18n/t.ts";
import { define, type State } from "../../utils.ts";

interface Data {
  userName: string | null;
  error?: string;
}

async function readOwner(state: State, token: string): Promise<string | null> {
  try {
    return (await state.api.call("getReset", { params: { token } })).user_name;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

export const handler = define.handlers<Data>({
  async GET(ctx) {
    ctx.state.title = t("reset.title");
    const userName = await readOwner(ctx.state, ctx.params["token"] ?? "");
    return page({ userName }, { status: userName === null ? 404 : 200 });
  },
  async POST(ctx) {
    ctx.state.title = t("reset.title");
    const token = ctx.params["token"] ?? "";
    const form = await readForm(ctx.req);
    try {
      await ctx.state.api.call("resetPassword", {
        params: { token },
        body: { new_password: text(form, "password"), transport: "cookie" },
      });
      return ctx.redirect("/");
    } catch (error) {
      const { message } = refusal(error);
      return page({ userName: await readOwner(ctx.state, token), error: message }, { status: 400 });
    }
  },
});

export default define.page<typeof handler>(({ data, state }) => (
  <AuthPage state={state}>
    <h1>{t("reset.title")}</h1>
    {data.userName === null ? <Notice kind="warn">{t("reset.used")}</Notice> : (
      <>
        <p class="lead">{t("reset.text", { name: data.userName })}</p>
        <PlainHttpNotice state={state} />
        <form class="stack" method="post">
          <input type="hidden" name="user_name" value={data.userName} autocomplete="username" />
          <Field
            name="password"
            type="password"
            label={t("field.newPassword")}
            hint={t("field.passwordHint")}
            error={data.error}
            autocomplete="new-password"
            required
            autofocus
          />
          <button class="button primary wide" type="submit">{t("reset.submit")}</button>
        </form>
      </>
    )}
  </AuthPage>
));
