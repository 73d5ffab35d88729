import { page } from "fresh";
import { Drawing } from "../../components/Drawing.tsx";
import { Notice } from "../../components/Notice.tsx";
import { PlainPage } from "../../components/PlainPage.tsx";
import { MakeGuild, TemplatePreview } from "../../components/TemplatePreview.tsx";
import { ApiError } from "../../lib/api/request.ts";
import type { CallResult } from "../../lib/api/types.ts";
import { readForm, refusal } from "../../lib/forms.ts";
import { handleOf, nameOf } from "../../lib/format/names.ts";
import { t } from "../../lib/i18n/t.ts";
import { makeGuild } from "../../lib/templates/template_form.ts";
import { define, type State } from "../../utils.ts";

interface Data {
  readonly me: string;
  readonly found: CallResult<"getTemplate"> | null;
  readonly error: string | null;
}

async function look(state: State, code: string): Promise<Data["found"]> {
  state.title = t("template.title");
  try {
    const found = await state.api.call("getTemplate", { params: { code } });
    state.title = found.name;
    return found;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

export const handler = define.handlers<Data>({
  async GET(ctx) {
    const code = ctx.params["code"] ?? "";
    const self = await ctx.state.self();
    if (!self) return ctx.redirect(`/login?next=${encodeURIComponent(ctx.url.pathname)}`);
    const found = await look(ctx.state, code);
    if (found && ctx.url.searchParams.has("file")) return fileOf(found);
    return page({ me: nameOf(self.user), found, error: null }, { status: found ? 200 : 404 });
  },
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const self = await ctx.state.self();
    if (!self) return ctx.redirect(`/login?next=${encodeURIComponent(ctx.url.pathname)}`);
    try {
      return ctx.redirect(await makeGuild(ctx, form));
    } catch (error) {
      const { message } = refusal(error);
      const found = await look(ctx.state, ctx.params["code"] ?? "");
      return page({ me: nameOf(self.user), found, error: message }, { status: 400 });
    }
  },
});

/** The template as a file, for another server. */
function fileOf({ code, content }: NonNullable<Data["found"]>): Response {
  return new Response(`${JSON.stringify(content, null, 2)}\n`, {
    headers: {
      "content-type": "application/json; charset=utf-8",
      "content-disposition": `attachment; filename="template-${code}.json"`,
    },
  });
}

/** Where the link of a template leads to. */
export default define.page<typeof handler>(({ data, state }) => {
  const { found } = data;
  if (!found) {
    return (
      <PlainPage state={state}>
        <Drawing name="lost" />
        <h1>{t("template.gone")}</h1>
        <p>{t("template.goneText")}</p>
        <a class="button" href="/templates">{t("template.others")}</a>
      </PlainPage>
    );
  }
  return (
    <PlainPage state={state} wide>
      <a href="/home">{t("goHome")}</a>
      <h1 class="break">{found.name}</h1>
      <p class="lead break">{found.description ?? t("template.lead")}</p>
      <p class="small muted">
        {found.by && t("template.by", { name: handleOf(found.by.id) })}{" "}
        <a href={`/template/${found.code}?file`} download>{t("template.download")}</a>
      </p>
      {data.error !== null && <Notice kind="error">{data.error}</Notice>}
      <TemplatePreview content={found.content} />
      <MakeGuild
        name={t("guild.defaultName", { name: data.me })}
        source={["code", found.code]}
        server={state.server.name}
      />
    </PlainPage>
  );
});
