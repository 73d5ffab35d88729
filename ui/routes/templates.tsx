import { HttpError, page } from "fresh";
import type { TemplateDraft } from "../../core/api/template.ts";
import { ActForm } from "../components/FormParts.tsx";
import { Icon } from "../components/Icon.tsx";
import { Notice } from "../components/Notice.tsx";
import { PlainPage } from "../components/PlainPage.tsx";
import { MakeGuild, TemplatePreview } from "../components/TemplatePreview.tsx";
import { readForm, refusal, text } from "../lib/forms.ts";
import { nameOf } from "../lib/format/names.ts";
import { t } from "../lib/i18n/t.ts";
import { STARTERS, starterTemplate } from "../lib/templates/starters.ts";
import {
  fileText,
  makeGuild,
  parseTemplate,
  starterOf,
  TEMPLATE_FILE_BYTES,
} from "../lib/templates/template_form.ts";
import { define, type State } from "../utils.ts";

interface Data {
  readonly me: string;
  /** What a guild is made from now; null while one is chosen. */
  readonly chosen: Chosen | null;
  readonly error: string | null;
}

interface Chosen {
  readonly source: readonly ["starter" | "content", string];
  readonly content: TemplateDraft;
}

const FORM_BYTES = 2 * TEMPLATE_FILE_BYTES;

async function readMe(state: State): Promise<string | undefined> {
  state.title = t("template.title");
  const self = await state.self();
  return self && nameOf(self.user);
}

const byStarter = (name: string | null): Chosen | null => {
  const starter = starterOf(name);
  return starter ? { source: ["starter", starter], content: starterTemplate(starter) } : null;
};

/** The server reads it as it will when the guild is made: what it would refuse is said now. */
async function checked(state: State, source: string): Promise<Chosen> {
  const { content } = await state.api.call("checkTemplate", {
    body: { content: parseTemplate(source) },
  });
  return { source: ["content", JSON.stringify(content)], content };
}

export const handler = define.handlers<Data>({
  async GET(ctx) {
    const me = await readMe(ctx.state);
    const { pathname, search, searchParams } = ctx.url;
    if (me === undefined) {
      return ctx.redirect(`/login?next=${encodeURIComponent(pathname + search)}`);
    }
    return page({ me, chosen: byStarter(searchParams.get("starter")), error: null });
  },
  async POST(ctx) {
    const me = await readMe(ctx.state);
    if (me === undefined) return ctx.redirect("/login?next=%2Ftemplates");
    const form = await readForm(ctx.req, { bytes: FORM_BYTES });
    const act = text(form, "act");
    let chosen: Chosen | null = null;
    try {
      if (act === "look") {
        chosen = await checked(ctx.state, await fileText(form));
        return page({ me, chosen, error: null });
      }
      if (act !== "make") throw new HttpError(400, t("refused.unknownAct"));
      chosen = byStarter(text(form, "starter")) ??
        await checked(ctx.state, text(form, "content"));
      return ctx.redirect(await makeGuild(ctx, form));
    } catch (error) {
      if (error instanceof HttpError) throw error;
      return page({ me, chosen, error: refusal(error).message }, { status: 400 });
    }
  },
});

/** Where a guild begins from a template: one of those that are always there, or a file. */
export default define.page<typeof handler>(({ data, state }) => (
  <PlainPage state={state} wide>
    {data.chosen === null
      ? <a href="/home">{t("goHome")}</a>
      : <a href="/templates">{t("template.others")}</a>}
    <h1>{data.chosen ? data.chosen.content.name : t("template.title")}</h1>
    <p class="lead">{data.chosen?.content.description ?? t("template.lead")}</p>
    {data.error !== null && <Notice kind="error">{data.error}</Notice>}
    {data.chosen
      ? (
        <>
          <TemplatePreview content={data.chosen.content} />
          <MakeGuild
            name={t("guild.defaultName", { name: data.me })}
            source={data.chosen.source}
            server={state.server.name}
          />
        </>
      )
      : <Choose />}
  </PlainPage>
));

function Choose() {
  return (
    <>
      <ul class="rows" aria-label={t("template.starters")}>
        {STARTERS.map((key) => (
          <li key={key} class="row-card">
            <a class="grow row-link" href={`/templates?starter=${key}`}>
              <span class="strong block">{t(`starter.${key}.name`)}</span>
              <span class="small muted block">{t(`starter.${key}.text`)}</span>
            </a>
            <Icon name="right" />
          </li>
        ))}
      </ul>
      <ActForm act="look" class="card stack" files>
        <div class="field">
          <label for="f-file">{t("template.file")}</label>
          <input
            class="file-input"
            id="f-file"
            name="file"
            type="file"
            accept="application/json,.json"
            aria-describedby="f-file-hint"
            required
          />
          <p class="hint" id="f-file-hint">{t("template.fileHint")}</p>
        </div>
        <div>
          <button class="button" type="submit">{t("template.look")}</button>
        </div>
      </ActForm>
    </>
  );
}
