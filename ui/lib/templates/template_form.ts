import type { TemplateDraft } from "../../../core/api/template.ts";
import { ApiError } from "../api/request.ts";
import type { Context } from "../fresh/mod.ts";
import { guildPath } from "../format/paths.ts";
import { file, flag, text } from "../forms.ts";
import { t } from "../i18n/t.ts";
import type { State } from "../../utils.ts";
import { type Starter, STARTERS, starterTemplate } from "./starters.ts";

/** Largest file that is read as a template, in bytes; a full one has about a third of it. */
export const TEMPLATE_FILE_BYTES = 512 * 1024;

/** The starter of that name. */
export function starterOf(name: string | null): Starter | undefined {
  return STARTERS.find((each) => each === name);
}

/** The file that was chosen, as its text. Throws for one that is none or too large. */
export async function fileText(form: FormData): Promise<string> {
  const chosen = file(form, "file");
  if (!chosen) throw new ApiError(400, "invalid", t("template.noFile"));
  if (chosen.size > TEMPLATE_FILE_BYTES) {
    throw new ApiError(400, "invalid", t("template.largeFile"));
  }
  return await chosen.text();
}

/** A template as a file holds it; the server says what is wrong with it. Throws for no JSON. */
export function parseTemplate(source: string): TemplateDraft {
  try {
    const parsed: unknown = JSON.parse(source);
    if (typeof parsed === "object" && parsed !== null && "format" in parsed) {
      return parsed as TemplateDraft;
    }
  } catch {
    // Said below.
  }
  throw new ApiError(400, "invalid", t("template.noTemplate"));
}

/** Makes the guild that the form asks for; the address of its first page. @throws ApiError */
export async function makeGuild(ctx: Context<State>, form: FormData): Promise<string> {
  const starter = starterOf(text(form, "starter"));
  const code = text(form, "code");
  const template = starter
    ? { content: starterTemplate(starter) }
    : code !== ""
    ? { code }
    : { content: parseTemplate(text(form, "content")) };
  const guild = await ctx.state.api.call("useTemplate", {
    body: { name: text(form, "name").trim(), local_only: flag(form, "local_only"), template },
  });
  return guildPath(guild.id);
}
