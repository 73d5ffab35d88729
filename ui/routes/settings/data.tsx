import type { Preferences } from "../../../core/api/preferences.ts";
import { AccountPage } from "../../components/AccountPage.tsx";
import { DataCopy } from "../../components/DataCopy.tsx";
import type { CallResult } from "../../lib/api/types.ts";
import { formPage } from "../../lib/form_page.ts";
import { handleOf } from "../../lib/format/names.ts";
import { formatNumber } from "../../lib/format/number.ts";
import { formatSize } from "../../lib/format/size.ts";
import { formatFull } from "../../lib/format/time.ts";
import { readTimeZone } from "../../lib/time_zone.ts";
import { t } from "../../lib/i18n/t.ts";
import { define } from "../../utils.ts";

export const handler = define.handlers(formPage(async (ctx) => {
  ctx.state.title = t("settings.data");
  const self = await ctx.state.api.call("getAccount");
  const [
    profile,
    preferences,
    { sessions },
    media,
    { erasures },
    { guilds },
    { dms },
    { devices },
    backup,
    copy,
    email,
  ] = await Promise.all([
    ctx.state.api.call("getUser", { params: { user_id: self.user.id } }),
    ctx.state.api.call("getPreferences"),
    ctx.state.api.call("listSessions"),
    ctx.state.api.call("getMediaUsage"),
    ctx.state.api.call("listErasures"),
    ctx.state.api.call("listGuilds"),
    ctx.state.api.call("listDms"),
    ctx.state.api.call("listDevices"),
    // Most have none, which is no failure of the page.
    ctx.state.api.call("getBackup").catch(() => undefined),
    ctx.state.api.call("getExport"),
    ctx.state.api.call("getEmail"),
  ]);
  const timeZone = readTimeZone(ctx.req);
  return {
    self,
    profile,
    preferences,
    sessions,
    media,
    erasures,
    guilds,
    dms,
    devices,
    backup,
    copy: copy.export,
    address: email.address,
    timeZone,
  };
}, {
  async copy(ctx) {
    await ctx.state.api.call("beginExport", { body: {} });
    return "/settings/data#copy";
  },
  async dropCopy(ctx) {
    await ctx.state.api.call("deleteExport");
    return "/settings/data#copy";
  },
}));

export default define.page<typeof handler>(({ data, state }) => {
  const { self, profile, sessions, media } = data;
  const addresses = new Set(sessions.flatMap(({ address }) => address ?? []));
  const none = t("data.none");
  const created = profile.created_ts === null
    ? none
    : formatFull(profile.created_ts, data.timeZone);
  return (
    <AccountPage
      state={state}
      heading={t("settings.data")}
      here="/settings/data"
      admin={self.admin}
      lead={t("data.lead", { server: state.server.name })}
      note={data.note}
    >
      <DataCopy copy={data.copy} nowMs={state.nowMs} timeZone={data.timeZone} />
      <Account self={self} created={created} address={data.address} />
      <Part
        title={t("settings.sessions")}
        text={t("data.sessionsText")}
        rows={[
          [t("data.devices"), formatNumber(sessions.length)],
          [t("data.addresses"), [...addresses].join(", ") || none],
        ]}
        change="/settings/sessions"
      />
      <Encryption devices={data.devices} backup={data.backup} />
      <Part
        title={t("settings.privacy")}
        text={t("data.choicesText")}
        rows={[
          [t("privacy.dms"), t(`privacy.dms.${data.preferences.dms_from}`)],
          [t("privacy.found"), t(`privacy.found.${data.preferences.found_by}`)],
          ...choicesOf(data.preferences),
        ]}
        change="/settings/privacy"
      />
      <Part
        title={t("data.words")}
        text={t("data.wordsText")}
        rows={[
          [
            t("data.guilds"),
            data.guilds.map(({ name }) => name).join(", ") || none,
          ],
          [t("data.dms"), formatNumber(data.dms.length)],
          [
            t("data.files"),
            `${t("media.files", { n: media.files })}, ${formatSize(media.bytes)}`,
          ],
          [t("data.erasures"), formatNumber(data.erasures.length)],
        ]}
        change="/settings/account"
      />
      <section class="card stack-tight">
        <h2>{t("data.elsewhere")}</h2>
        <p>{t("data.elsewhereText")}</p>
        <h2>{t("data.logs")}</h2>
        <p>{t("data.logsText")}</p>
      </section>
    </AccountPage>
  );
});

function Part(props: {
  title: string;
  text: string;
  rows: readonly (readonly [string, string])[];
  change: string;
}) {
  return (
    <section class="card stack">
      <div class="row">
        <h2 class="grow">{props.title}</h2>
        <a
          class="button small"
          href={props.change}
          aria-label={`${t("data.change")}: ${props.title}`}
        >
          {t("data.change")}
        </a>
      </div>
      <p class="muted">{props.text}</p>
      <dl class="data-rows">
        {props.rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="break">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Encryption({ devices, backup }: {
  devices: CallResult<"listDevices">["devices"];
  backup: CallResult<"getBackup"> | undefined;
}) {
  const none = t("data.none");
  return (
    <Part
      title={t("data.encryption")}
      text={t("data.encryptionText")}
      rows={[
        [t("data.devices"), devices.map(({ name }) => name).join(", ") || none],
        [
          t("data.backup"),
          backup === undefined ? none : formatSize(backup.bytes),
        ],
      ]}
      change="/settings/sessions"
    />
  );
}

function Account(
  { self, created, address }: {
    self: CallResult<"getAccount">;
    created: string;
    address: string | null;
  },
) {
  const none = t("data.none");
  return (
    <Part
      title={t("data.account")}
      text={t("data.accountText")}
      rows={[
        [t("field.userName"), handleOf(self.user.id)],
        [
          t("data.since"),
          created,
        ],
        [t("profile.displayName"), self.user.display_name ?? none],
        [t("profile.status"), self.user.status ?? none],
        [t("profile.bio"), self.user.bio ?? none],
        [t("profile.avatar"), self.user.avatar ?? none],
        [t("email.title"), address ?? none],
        [t("field.password"), t("data.password")],
      ]}
      change="/settings/profile"
    />
  );
}

/** What is on or off. */
function choicesOf(preferences: Preferences) {
  const said = (on: boolean) => on ? t("data.yes") : t("data.no");
  return [
    ...(["typing", "presence", "read"] as const).map((name) =>
      [t(`privacy.${name}`), said(preferences[`share_${name}`])] as const
    ),
    [t("privacy.previews"), said(preferences.show_previews)] as const,
    [t("privacy.sealedPreviews"), said(preferences.sealed_previews)] as const,
  ];
}
