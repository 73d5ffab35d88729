import { ActForm, Area, PictureField } from "../../components/FormParts.tsx";
import { Avatar } from "../../components/Avatar.tsx";
import { Field } from "../../components/Field.tsx";
import { SettingsPage } from "../../components/SettingsPage.tsx";
import { accountLinks } from "../../lib/settings_links.ts";
import { file, text } from "../../lib/forms.ts";
import { formPage } from "../../lib/form_page.ts";
import { handleOf, nameOf } from "../../lib/format/names.ts";
import { t } from "../../lib/i18n/t.ts";
import { define } from "../../utils.ts";

export const handler = define.handlers(formPage(
  async (ctx) => {
    ctx.state.title = t("settings.profile");
    return { self: await ctx.state.api.call("getAccount") };
  },
  {
    async save(ctx, form) {
      const picture = file(form, "avatar");
      const avatar = picture ? (await ctx.state.api.upload(picture, "avatar")).uri : undefined;
      await ctx.state.api.call("updateProfile", {
        body: {
          display_name: text(form, "display_name").trim() || null,
          status: text(form, "status").trim() || null,
          bio: text(form, "bio").trim() || null,
          ...(avatar === undefined ? {} : { avatar }),
        },
      });
    },
    async dropAvatar(ctx) {
      await ctx.state.api.call("updateProfile", { body: { avatar: null } });
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => {
  const { user, admin } = data.self;
  return (
    <SettingsPage
      state={state}
      title={t("settings.title")}
      heading={t("settings.profile")}
      back="/"
      links={accountLinks(admin)}
      here="/settings/profile"
      note={data.note}
    >
      <div class="card row">
        <Avatar id={user.id} name={nameOf(user)} uri={user.avatar} size="xl" />
        <div class="grow">
          <p class="strong break big">{nameOf(user)}</p>
          <p class="small muted break">{handleOf(user.id)}</p>
        </div>
        {user.avatar && (
          <ActForm act="dropAvatar">
            <button class="button small" type="submit">{t("profile.dropAvatar")}</button>
          </ActForm>
        )}
      </div>
      <ActForm act="save" files>
        <Field
          name="display_name"
          label={t("profile.displayName")}
          value={user.display_name ?? ""}
          maxlength={64}
        />
        <PictureField name="avatar" label={t("profile.avatar")} />
        <Field
          name="status"
          label={t("profile.status")}
          value={user.status ?? ""}
          maxlength={128}
          placeholder={t("profile.statusPlaceholder")}
        />
        <Area
          name="bio"
          label={t("profile.bio")}
          value={user.bio ?? ""}
          maxlength={500}
          hint={t("profile.bioHint")}
        />
        <div>
          <button class="button primary" type="submit">{t("save")}</button>
        </div>
      </ActForm>
    </SettingsPage>
  );
});
