import { readForm, safeNext, text } from "../lib/forms.ts";
import { languageCookie, languageOf } from "../lib/i18n/languages.ts";
import { define } from "../utils.ts";

/** The choice of a language before sign-in: this browser keeps it. */
export const handler = define.handlers({
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const chosen = languageOf(text(form, "language"));
    const headers = new Headers({ location: safeNext(text(form, "next")) });
    if (chosen) headers.set("set-cookie", languageCookie(chosen));
    return new Response(null, { status: 303, headers });
  },
});
