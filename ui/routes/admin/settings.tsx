import { Fragment } from "preact";
import type { ConfigurationEntry } from "../../../core/api/admin_server.ts";
import { AdminPage } from "../../components/AdminPage.tsx";
import { Field } from "../../components/Field.tsx";
import { ActForm, Check, SaveButton, Select } from "../../components/FormParts.tsx";
import { requireAdmin } from "../../lib/admin.ts";
import type { CallResult } from "../../lib/api/types.ts";
import { flag, text } from "../../lib/forms.ts";
import { type FormNote, formPage } from "../../lib/form_page.ts";
import { t } from "../../lib/i18n/t.ts";
import { define } from "../../utils.ts";

const MODES = ["invite", "open", "token", "closed"] as const;
type Settings = CallResult<"adminGetSettings">["settings"];

export const handler = define.handlers(formPage(
  async (ctx) => {
    await requireAdmin(ctx, "admin.settings");
    const [answer, configuration] = await Promise.all([
      ctx.state.api.call("adminGetSettings"),
      ctx.state.api.call("adminGetConfiguration"),
    ]);
    return { ...answer, configuration };
  },
  {
    async save(ctx, form) {
      const { pinned, settings } = await ctx.state.api.call("adminGetSettings");
      const written = (name: string) => text(form, name).trim() || null;
      const all: Settings = {
        registration_mode: MODES.find((mode) => mode === text(form, "mode")) ?? "invite",
        invite_links_open_registration: flag(form, "invite_links"),
        registration_approval: flag(form, "approval"),
        registration_email: flag(form, "need_email"),
        abuse_contact: written("abuse_contact"),
        server_title: written("server_title"),
        server_description: written("server_description"),
        federation_allow: written("federation_allow"),
        federation_block: written("federation_block"),
        notice: written("notice"),
      };
      // What has not changed is not sent: the log of acts names what somebody did.
      const body = Object.fromEntries(
        Object.entries(all).filter(([name, value]) =>
          !pinned.includes(name) && settings[name as keyof Settings] !== value
        ),
      );
      if (Object.keys(body).length > 0) await ctx.state.api.call("adminUpdateSettings", { body });
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => (
  <AdminPage
    state={state}
    heading={t("admin.settings")}
    here="/admin/settings"
    lead={t("config.lead")}
    note={data.note}
  >
    <Changeable
      settings={data.settings}
      pinned={data.pinned}
      mail={state.server.mail}
      note={data.note}
    />
    <section class="stack">
      <h2>{t("config.title")}</h2>
      <p class="muted">
        {t("config.text")} {data.configuration.file === null
          ? t("config.noFile", { folder: data.configuration.data_folder })
          : t("config.file", { file: data.configuration.file })}
      </p>
      {Object.entries(Object.groupBy(data.configuration.entries, ({ section }) => section)).map((
        [section, entries],
      ) => <Section key={section} name={section} entries={entries ?? []} />)}
    </section>
  </AdminPage>
));

function Changeable(
  { settings, pinned, mail, note }: {
    settings: Settings;
    pinned: readonly string[];
    mail: boolean;
    note: FormNote;
  },
) {
  return (
    <ActForm act="save" guard={note}>
      {pinned.length > 0 && (
        <p class="small muted">{t("admin.pinned", { names: pinned.join(", ") })}</p>
      )}
      <Field
        name="server_title"
        label={t("admin.serverTitle")}
        hint={t("admin.serverTitleHint")}
        value={settings.server_title ?? ""}
        maxlength={64}
      />
      <Field
        name="server_description"
        label={t("admin.serverDescription")}
        hint={t("admin.serverDescriptionHint")}
        value={settings.server_description ?? ""}
        maxlength={300}
      />
      <Field
        name="notice"
        label={t("admin.notice")}
        hint={t("admin.noticeHint")}
        value={settings.notice ?? ""}
        maxlength={500}
      />
      <Registration settings={settings} mail={mail} />
      <Field
        name="abuse_contact"
        label={t("admin.abuse")}
        hint={t("admin.abuseHint")}
        value={settings.abuse_contact ?? ""}
        maxlength={200}
      />
      <OtherServers settings={settings} />
      <SaveButton />
    </ActForm>
  );
}

/** Who may make an account. */
function Registration({ settings, mail }: { settings: Settings; mail: boolean }) {
  return (
    <>
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
      <Check
        name="approval"
        label={t("admin.approval")}
        hint={t("admin.approvalHint")}
        checked={settings.registration_approval}
      />
      {(mail || settings.registration_email) && (
        <Check
          name="need_email"
          label={t("admin.needEmail")}
          hint={t("admin.needEmailHint")}
          checked={settings.registration_email}
        />
      )}
    </>
  );
}

/** Whom this server speaks with. */
function OtherServers({ settings }: { settings: Settings }) {
  return (
    <>
      <Field
        name="federation_block"
        label={t("admin.blockServers")}
        hint={t("admin.blockServersHint")}
        value={settings.federation_block ?? ""}
        maxlength={10_000}
        spellcheck={false}
      />
      <Field
        name="federation_allow"
        label={t("admin.allowServers")}
        hint={t("admin.allowServersHint")}
        value={settings.federation_allow ?? ""}
        maxlength={10_000}
        spellcheck={false}
      />
    </>
  );
}

function Section({ name, entries }: { name: string; entries: readonly ConfigurationEntry[] }) {
  const changed = entries.filter(({ origin }) => origin !== "default").length;
  return (
    <details class="config" open={changed > 0}>
      <summary>
        <span class="mono strong">{name}</span>{" "}
        <span class="small muted">
          {t("config.count", { n: entries.length, changed })}
        </span>
      </summary>
      <dl>
        {entries.map((entry) => (
          <div key={entry.id} class="config-row">
            <dt>
              <span class="mono break">{entry.id}</span>
              {entry.origin !== "default" && (
                <span class="tag accent">{t(`config.from.${entry.origin}`)}</span>
              )}
            </dt>
            <dd class="mono break">{valueOf(entry)}</dd>
            <dd class="small muted break">
              <span lang="en">
                <Doc text={entry.doc} />
              </span>{" "}
              <span class="mono">{entry.env}</span>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** What the documents write between backticks is code here too. */
function Doc({ text: doc }: { text: string }) {
  const pieces = doc.split("`");
  return (
    <>
      {pieces.map((piece, at) =>
        at % 2 === 1 ? <code key={at}>{piece}</code> : <Fragment key={at}>{piece}</Fragment>
      )}
    </>
  );
}

function valueOf(entry: ConfigurationEntry): string {
  if (entry.secret) return entry.set ? t("config.secret") : t("config.unset");
  return entry.value === null || entry.value === "" ? t("config.unset") : entry.value;
}
