import { ActForm } from "../../../../components/FormParts.tsx";
import { GuildSettings } from "../../../../components/GuildSettings.tsx";
import WelcomeForm from "../../../../islands/WelcomeForm.tsx";
import { text } from "../../../../lib/forms.ts";
import { formPage } from "../../../../lib/form_page.ts";
import { guildParams, readGuild } from "../../../../lib/guild_settings.ts";
import { t } from "../../../../lib/i18n/t.ts";
import { define } from "../../../../utils.ts";

const valuesOf = (form: FormData, name: string) =>
  form.getAll(name).map((value) => typeof value === "string" ? value.trim() : "");

export const handler = define.handlers(formPage(
  async (ctx) => ({ guild: await readGuild(ctx, "welcome.nav") }),
  {
    async save(ctx, form) {
      const emoji = valuesOf(form, "emoji");
      const lines = valuesOf(form, "line");
      await ctx.state.api.call("setWelcome", {
        params: guildParams(ctx),
        body: {
          text: text(form, "text").replaceAll("\r\n", "\n").trim() || null,
          channels: valuesOf(form, "channel").flatMap((channel_id, at) =>
            channel_id === ""
              ? []
              : [{ channel_id, emoji: emoji[at] || null, line: lines[at] || null }]
          ),
        },
      });
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => (
  <GuildSettings
    state={state}
    guild={data.guild}
    part="welcome"
    heading={t("welcome.nav")}
    lead="welcome.lead"
    note={data.note}
  >
    <ActForm act="save" guard>
      <WelcomeForm guild={data.guild} />
    </ActForm>
  </GuildSettings>
));
