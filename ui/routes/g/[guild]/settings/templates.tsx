import type { Template } from "../../../../../core/api/templates.ts";
import { Drawing } from "../../../../components/Drawing.tsx";
import { Field } from "../../../../components/Field.tsx";
import { ActForm } from "../../../../components/FormParts.tsx";
import { GuildSettings } from "../../../../components/GuildSettings.tsx";
import { Icon } from "../../../../components/Icon.tsx";
import CopyText from "../../../../islands/CopyText.tsx";
import { text } from "../../../../lib/forms.ts";
import { formPage } from "../../../../lib/form_page.ts";
import { formatRelative } from "../../../../lib/format/time.ts";
import { guildParams, readGuild } from "../../../../lib/guild_settings.ts";
import { t } from "../../../../lib/i18n/t.ts";
import { define } from "../../../../utils.ts";

export const handler = define.handlers(formPage(
  async (ctx) => {
    const guild = await readGuild(ctx, "template.nav");
    const { templates } = await ctx.state.api.call("listTemplates", { params: guildParams(ctx) });
    return { guild, templates };
  },
  {
    async create(ctx, form) {
      await ctx.state.api.call("createTemplate", {
        params: guildParams(ctx),
        body: {
          name: text(form, "name").trim(),
          description: text(form, "description").trim() || null,
        },
      });
    },
    async update(ctx, form) {
      await ctx.state.api.call("updateTemplate", {
        params: { ...guildParams(ctx), code: text(form, "code") },
        body: {},
      });
    },
    async remove(ctx, form) {
      await ctx.state.api.call("deleteTemplate", {
        params: { ...guildParams(ctx), code: text(form, "code") },
      });
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => {
  const { guild, templates } = data;
  return (
    <GuildSettings
      state={state}
      guild={guild}
      part="templates"
      heading={t("template.nav")}
      lead="template.settingsLead"
      note={data.note}
    >
      <ActForm act="create" class="card stack" refused={data.note.refused}>
        <h2>{t("template.new")}</h2>
        <Field
          name="name"
          label={t("template.name")}
          value={templates.length === 0 ? guild.name : ""}
          maxlength={100}
          required
        />
        <Field name="description" label={t("template.about")} maxlength={300} />
        <div>
          <button class="button primary" type="submit">{t("template.save")}</button>
        </div>
      </ActForm>
      {templates.length === 0 && (
        <div class="empty">
          <Drawing name="seats" />
          <p>{t("template.none")}</p>
        </div>
      )}
      <ul class="rows">
        {templates.map((each) => (
          <TemplateRow key={each.code} template={each} nowMs={state.nowMs} />
        ))}
      </ul>
    </GuildSettings>
  );
});

function TemplateRow({ template, nowMs }: { template: Template; nowMs: number }) {
  const { code, name } = template;
  return (
    <li class="row-card template-row">
      <Icon name="copy" />
      <div class="grow">
        <p class="strong break">{name}</p>
        {template.description && <p class="small break">{template.description}</p>}
        <p class="mono small break">{template.url}</p>
        <p class="small muted">
          {t("template.read", { when: formatRelative(template.updated_ts, nowMs) })} ·{" "}
          {t("template.uses", { n: template.uses })}
        </p>
      </div>
      <div class="row-tight wrap end">
        <CopyText text={template.url} />
        <a
          class="button small"
          href={`/template/${code}?file`}
          download
          aria-label={t("template.downloadOf", { name })}
        >
          {t("template.download")}
        </a>
        <ActForm act="update">
          <input type="hidden" name="code" value={code} />
          <button
            class="button small"
            type="submit"
            aria-label={t("template.updateOf", { name })}
          >
            {t("template.update")}
          </button>
        </ActForm>
        <ActForm act="remove">
          <input type="hidden" name="code" value={code} />
          <button
            class="button small danger"
            type="submit"
            aria-label={t("template.removeOf", { name })}
          >
            {t("delete")}
          </button>
        </ActForm>
      </div>
    </li>
  );
}
