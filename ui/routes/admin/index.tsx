import { ActForm, Check, Select } from "../../components/FormParts.tsx";
import { Field } from "../../components/Field.tsx";
import { Notice } from "../../components/Notice.tsx";
import { SettingsPage } from "../../components/SettingsPage.tsx";
import { adminLinks, requireAdmin } from "../../lib/admin.ts";
import type { CallResult } from "../../lib/api/types.ts";
import { flag, text } from "../../lib/forms.ts";
import { formPage } from "../../lib/form_page.ts";
import { formatSize } from "../../lib/format/size.ts";
import { t } from "../../lib/i18n/t.ts";
import { define, type State } from "../../utils.ts";

const MODES = ["invite", "open", "token", "closed"] as const;

export const handler = define.handlers(formPage(
  async (ctx) => {
    await requireAdmin(ctx, "admin.title");
    const [settings, users, media] = await Promise.all([
      ctx.state.api.call("adminGetSettings"),
      ctx.state.api.call("adminListUsers", { query: { limit: 1 } }),
      ctx.state.api.call("adminMediaUsage", { query: { limit: 1 } }),
    ]);
    return { settings, users: users.total, media };
  },
  {
    async save(ctx, form) {
      const { pinned } = await ctx.state.api.call("adminGetSettings");
      const all = {
        registration_mode: MODES.find((mode) => mode === text(form, "mode")) ?? "invite",
        invite_links_open_registration: flag(form, "invite_links"),
        abuse_contact: text(form, "abuse_contact").trim() || null,
      };
      const body = Object.fromEntries(
        Object.entries(all).filter(([name]) => !pinned.includes(name)),
      );
      await ctx.state.api.call("adminUpdateSettings", { body });
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => (
  <SettingsPage
    state={state}
    title={t("admin.title")}
    heading={t("admin.server")}
    back="/"
    links={adminLinks()}
    here="/admin"
    note={data.note}
  >
    {state.server.trial && (
      <Notice kind="warn" icon="flag">
        <p>
          <strong>{t("admin.trialTitle")}</strong>
        </p>
        <p>{t("admin.trialText")}</p>
      </Notice>
    )}
    {state.embeddedDatabase && (
      <Notice kind="warn">
        <p>
          <strong>{t("admin.storageTitle")}</strong>
        </p>
        <p>{t("admin.storageText")}</p>
      </Notice>
    )}
    {state.server.public_url_local && <Notice kind="warn">{t("admin.localUrl")}</Notice>}
    <Facts state={state} users={data.users} media={data.media} />
    <Registration answer={data.settings} />
  </SettingsPage>
));

function Facts(props: { state: State; users: number; media: CallResult<"adminMediaUsage"> }) {
  const { server } = props.state;
  const facts: [string, string][] = [
    [t("admin.name"), server.name],
    [t("admin.url"), server.public_url],
    [t("admin.version"), server.version],
    [t("admin.accounts"), String(props.users)],
    [
      t("admin.media"),
      t("admin.mediaValue", {
        n: props.media.files,
        size: formatSize(props.media.bytes),
      }),
    ],
  ];
  return (
    <dl class="facts card">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class="break">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Registration({ answer }: { answer: CallResult<"adminGetSettings"> }) {
  const { settings, pinned } = answer;
  return (
    <ActForm act="save">
      <h2>{t("admin.registration")}</h2>
      {pinned.length > 0 && (
        <p class="small muted">{t("admin.pinned", { names: pinned.join(", ") })}</p>
      )}
      <Select
        name="mode"
        label={t("admin.mode")}
        value={settings.registration_mode}
        options={MODES.map((mode) => [mode, t(`admin.mode.${mode}`)] as const)}
      />
      <Check
        name="invite_links"
        label={t("admin.inviteLinks")}
        hint={t("admin.inviteLinksHint")}
        checked={settings.invite_links_open_registration}
      />
      <Field
        name="abuse_contact"
        label={t("admin.abuse")}
        hint={t("admin.abuseHint")}
        value={settings.abuse_contact ?? ""}
        maxlength={200}
      />
      <div>
        <button class="button primary" type="submit">{t("save")}</button>
      </div>
    </ActForm>
  );
}
