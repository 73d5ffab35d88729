import { ActForm } from "../../components/FormParts.tsx";
import { AccountPage } from "../../components/AccountPage.tsx";
import { readForm, text } from "../../lib/forms.ts";
import { formPage } from "../../lib/form_page.ts";
import {
  FORGET_LANGUAGE_COOKIE,
  languageCookie,
  languageOf,
  LANGUAGES,
  wishedLanguage,
} from "../../lib/i18n/languages.ts";
import { t } from "../../lib/i18n/t.ts";
import { define } from "../../utils.ts";

const reading = formPage(async (ctx) => {
  ctx.state.title = t("settings.language");
  return {
    self: await ctx.state.api.call("getAccount"),
    wished: wishedLanguage(ctx.req.headers),
  };
}, {});

export const handler = define.handlers({
  GET: reading.GET,
  /** The account keeps the choice for all devices, and this browser for its login page. */
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const chosen = languageOf(text(form, "language"));
    await ctx.state.api.call("setLanguage", { body: { language: chosen?.code ?? null } });
    return new Response(null, {
      status: 303,
      headers: {
        location: "/settings/language?saved=1",
        "set-cookie": chosen ? languageCookie(chosen) : FORGET_LANGUAGE_COOKIE,
      },
    });
  },
});

export default define.page<typeof handler>(({ data, state }) => {
  const chosen = languageOf(data.self.language)?.code ?? "";
  const choices = [
    {
      code: "",
      name: t("language.auto"),
      hint: t("language.autoHint", { name: data.wished.name }),
    },
    ...LANGUAGES.map(({ code, name }) => ({ code, name, hint: "" })),
  ];
  return (
    <AccountPage
      state={state}
      heading={t("settings.language")}
      lead={t("language.lead")}
      admin={data.self.admin}
      here="/settings/language"
      note={data.note}
    >
      <ActForm act="language">
        <fieldset class="language-list">
          <legend class="sr">{t("language.choose")}</legend>
          {choices.map(({ code, name, hint }) => (
            <label key={code} class="check">
              <input type="radio" name="language" value={code} checked={code === chosen} />
              <span>
                <span class="strong" lang={code === "" ? undefined : code}>{name}</span>
                {hint !== "" && <span class="hint">{hint}</span>}
              </span>
            </label>
          ))}
        </fieldset>
        <div>
          <button class="button primary" type="submit">{t("save")}</button>
        </div>
      </ActForm>
    </AccountPage>
  );
});
