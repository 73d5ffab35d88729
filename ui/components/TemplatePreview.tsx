import type { TemplateDraft } from "../../core/api/template.ts";
import { t } from "../lib/i18n/t.ts";
import { isHidden } from "../lib/templates/starters.ts";
import { Field } from "./Field.tsx";
import { ActForm, Check } from "./FormParts.tsx";
import { Icon } from "./Icon.tsx";

const ICONS = { category: "down", text: "hash", voice: "voice" } as const;

/** What a guild made from the template will have. */
export function TemplatePreview({ content }: { content: TemplateDraft }) {
  const { roles, channels } = content;
  return (
    <div class="template-parts">
      <section class="card stack-tight">
        <h2 class="label">{t("template.channels", { n: channels.length })}</h2>
        {channels.length === 0 && <p class="muted">{t("template.noChannels")}</p>}
        <ul class="template-channels">
          {channels.map((channel, at) => (
            <li
              key={at}
              class={channel.parent === null || channel.parent === undefined ? "" : "inner"}
            >
              <Icon name={isHidden(channel) ? "lock" : ICONS[channel.kind]} small />
              <span class={channel.kind === "category" ? "strong break" : "break"}>
                {channel.name}
              </span>
              {isHidden(channel) && <span class="sr">{t("template.hidden")}</span>}
            </li>
          ))}
        </ul>
      </section>
      <section class="card stack-tight">
        <h2 class="label">{t("template.roles", { n: roles.length })}</h2>
        {roles.length === 0 && <p class="muted">{t("template.noRoles")}</p>}
        <ul class="row-tight wrap">
          {roles.map((role, at) => <li key={at} class="tag break">{role.name}</li>)}
        </ul>
        {content.welcome && <p class="small muted">{t("template.hasWelcome")}</p>}
      </section>
    </div>
  );
}

/** The name of the new guild, and the button; `source` is what it is made from. */
export function MakeGuild(
  { name, source, server }: {
    name: string;
    source: readonly [name: "starter" | "code" | "content", value: string];
    server: string;
  },
) {
  const [field, value] = source;
  return (
    <ActForm act="make" class="card stack">
      <input type="hidden" name={field} value={value} />
      <Field name="name" label={t("guild.name")} value={name} maxlength={100} required />
      <Check
        name="local_only"
        label={t("guild.localOnly", { server })}
        hint={t("guild.localOnlyHint")}
        checked={false}
      />
      <div>
        <button class="button primary" type="submit">{t("template.make")}</button>
      </div>
    </ActForm>
  );
}
