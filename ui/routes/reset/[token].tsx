import { page } from "fresh";
import { AuthPage, PlainHttpNotice } from "../../components/AuthPage.tsx";
import { CodeField } from "../../components/CodeField.tsx";
import { Field } from "../../components/Field.tsx";
import { Notice } from "../../components/Notice.tsx";
import { ApiError } from "../../lib/api/request.ts";
import type { CallResult } from "../../lib/api/types.ts";
import { readForm, refusal, text } from "../../lib/forms.ts";
import { t } from "../../lib/i18n/t.ts";
import { define, type State } from "../../utils.ts";

interface Data {
  owner: Owner | null;
  error?: { message: string; field: string | undefined };
}
type Owner = CallResult<"getReset">;

async function readOwner(state: State, token: string): Promise<Owner | null> {
  try {
    return await state.api.call("getReset", { params: { token } });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

export const handler = define.handlers<Data>({
  async GET(ctx) {
    ctx.state.title = t("reset.title");
    const owner = await readOwner(ctx.state, ctx.params["token"] ?? "");
    return page({ owner }, { status: owner === null ? 404 : 200 });
  },
  async POST(ctx) {
    ctx.state.title = t("reset.title");
    const token = ctx.params["token"] ?? "";
    const form = await readForm(ctx.req);
    const code = text(form, "code");
    try {
      await ctx.state.api.call("resetPassword", {
        params: { token },
        body: {
          new_password: text(form, "password"),
          transport: "cookie",
          ...(code === "" ? {} : { code }),
        },
      });
      return ctx.redirect("/");
    } catch (error) {
      const refused = refusal(error);
      return page({ owner: await readOwner(ctx.state, token), error: refused }, { status: 400 });
    }
  },
});

export default define.page<typeof handler>(({ data, state }) => (
  <AuthPage state={state}>
    <h1>{t("reset.title")}</h1>
    {data.owner === null ? <Notice kind="warn">{t("reset.used")}</Notice> : (
      <>
        <p class="lead">{t("reset.text", { name: data.owner.user_name })}</p>
        <PlainHttpNotice state={state} />
        <form class="stack" method="post">
          <input
            type="hidden"
            name="user_name"
            value={data.owner.user_name}
            autocomplete="username"
          />
          <Field
            name="password"
            type="password"
            label={t("field.newPassword")}
            hint={t("field.passwordHint")}
            error={data.error?.field === "code" ? undefined : data.error?.message}
            autocomplete="new-password"
            required
            autofocus
          />
          {data.owner.second_factor && (
            <CodeField error={data.error?.field === "code" ? data.error.message : undefined} />
          )}
          <button class="button primary wide" type="submit">{t("reset.submit")}</button>
        </form>
      </>
    )}
  </AuthPage>
));
