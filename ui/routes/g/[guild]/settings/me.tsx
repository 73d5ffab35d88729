import { ActForm, PictureField, SaveButton } from "../../../../components/FormParts.tsx";
import { Avatar } from "../../../../components/Avatar.tsx";
import { Field } from "../../../../components/Field.tsx";
import { GuildSettings } from "../../../../components/GuildSettings.tsx";
import { file, text } from "../../../../lib/forms.ts";
import { formPage } from "../../../../lib/form_page.ts";
import { memberName, nameOf } from "../../../../lib/format/names.ts";
import { guildParams, readGuild } from "../../../../lib/guild_settings.ts";
import { t } from "../../../../lib/i18n/t.ts";
import { define } from "../../../../utils.ts";

export const handler = define.handlers(formPage(
  async (ctx) => ({ guild: await readGuild(ctx, "guild.myProfile") }),
  {
    async save(ctx, form) {
      const picture = file(form, "avatar");
      const avatar = picture ? (await ctx.state.api.upload(picture, "avatar")).uri : undefined;
      const { user } = await ctx.state.api.call("getAccount");
      await ctx.state.api.call("updateMember", {
        params: { ...guildParams(ctx), user_id: user.id },
        body: {
          nickname: text(form, "nickname").trim() || null,
          ...(avatar === undefined ? {} : { guild_avatar: avatar }),
        },
      });
    },
    async plain(ctx) {
      const { user } = await ctx.state.api.call("getAccount");
      await ctx.state.api.call("updateMember", {
        params: { ...guildParams(ctx), user_id: user.id },
        body: { guild_avatar: null },
      });
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => {
  const { guild } = data;
  const { me } = guild;
  return (
    <GuildSettings
      state={state}
      guild={guild}
      part="me"
      heading={t("guild.myProfile")}
      lead="gs.meLead"
      note={data.note}
    >
      <div class="card row">
        <Avatar
          id={me.user.id}
          name={memberName(me)}
          uri={me.guild_avatar ?? me.user.avatar}
          size="xl"
        />
        <p class="strong big break grow">{memberName(me)}</p>
        {me.guild_avatar !== null && (
          <ActForm act="plain">
            <button class="button small" type="submit">{t("guildAvatar.takeOff")}</button>
          </ActForm>
        )}
      </div>
      <ActForm act="save" files guard={data.note}>
        <Field
          name="nickname"
          label={t("gs.nickname")}
          value={me.nickname ?? ""}
          placeholder={nameOf(me.user)}
          maxlength={64}
        />
        <PictureField name="avatar" label={t("gs.guildAvatar")} />
        <SaveButton />
      </ActForm>
    </GuildSettings>
  );
});
