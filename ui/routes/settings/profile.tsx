import { ActForm } from "../../components/FormParts.tsx";
import ProfileForm from "../../islands/ProfileForm.tsx";
import { AccountPage } from "../../components/AccountPage.tsx";
import { file, text } from "../../lib/forms.ts";
import { formPage } from "../../lib/form_page.ts";
import { formatRelative } from "../../lib/format/time.ts";
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
          ...clearAfter(text(form, "clear_after")),
          ...(avatar === undefined ? {} : { avatar }),
        },
      });
    },
    async dropAvatar(ctx) {
      await ctx.state.api.call("updateProfile", { body: { avatar: null } });
    },
  },
));

/** "keep" and forms without the field leave the end that the status has. */
function clearAfter(chosen: string): { clear_status_after_ms?: number | null } {
  if (chosen === "never") return { clear_status_after_ms: null };
  return /^\d+$/.test(chosen) ? { clear_status_after_ms: Number(chosen) } : {};
}

export default define.page<typeof handler>(({ data, state, url }) => {
  const { user, admin, status_until: untilMs } = data.self;
  return (
    <AccountPage
      state={state}
      heading={t("settings.profile")}
      admin={admin}
      here="/settings/profile"
      index={url.pathname === "/settings"}
      note={data.note}
    >
      <ProfileForm
        user={user}
        goes={untilMs === null ? null : formatRelative(untilMs, state.nowMs)}
      />
      {user.avatar && (
        <ActForm act="dropAvatar">
          <div>
            <button class="button small" type="submit">{t("profile.dropAvatar")}</button>
          </div>
        </ActForm>
      )}
    </AccountPage>
  );
});
