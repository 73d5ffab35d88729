import type { Passkey } from "../../../core/api/passkeys.ts";
import { AccountPage } from "../../components/AccountPage.tsx";
import { Icon } from "../../components/Icon.tsx";
import { Notice } from "../../components/Notice.tsx";
import { RemoveRow, RenameRow } from "../../components/RowActs.tsx";
import PasskeyAdd from "../../islands/PasskeyAdd.tsx";
import { formPage } from "../../lib/form_page.ts";
import { text } from "../../lib/forms.ts";
import { shownDeviceName } from "../../lib/format/device_name.ts";
import { formatRelative } from "../../lib/format/time.ts";
import { t } from "../../lib/i18n/t.ts";
import { define } from "../../utils.ts";

export const handler = define.handlers(formPage(
  async (ctx) => {
    ctx.state.title = t("passkey.title");
    const [self, { passkeys }, { sessions }] = await Promise.all([
      ctx.state.api.call("getAccount"),
      ctx.state.api.call("listPasskeys"),
      ctx.state.api.call("listSessions"),
    ]);
    const here = shownDeviceName(sessions.find(({ current }) => current)?.device_name ?? "");
    const ready = ctx.url.searchParams.get("ready");
    return { self, passkeys, name: ready ?? here, ready: ready !== null };
  },
  {
    // Asks for nothing but the identity: the key itself is made by a script of this page.
    async begin(ctx, form) {
      await ctx.state.api.call("beginPasskey");
      return `/settings/passkeys?ready=${encodeURIComponent(text(form, "name"))}`;
    },
    async rename(ctx, form) {
      const params = { passkey_id: text(form, "passkey") };
      await ctx.state.api.call("renamePasskey", { params, body: { name: text(form, "name") } });
    },
    async remove(ctx, form) {
      await ctx.state.api.call("removePasskey", { params: { passkey_id: text(form, "passkey") } });
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => {
  const origin = state.server.passkey_origin;
  return (
    <AccountPage
      state={state}
      heading={t("passkey.title")}
      lead={t("passkey.lead")}
      admin={data.self.admin}
      here="/settings/passkeys"
      note={data.note}
    >
      {origin === null ? <Notice kind="warn" icon="lock">{t("passkey.plain")}</Notice> : (
        <>
          {data.ready && <Notice>{t("passkey.ready")}</Notice>}
          <noscript>
            <Notice kind="warn">{t("passkey.noScripts")}</Notice>
          </noscript>
          <PasskeyAdd origin={origin} name={data.name} />
        </>
      )}
      <section class="stack">
        <h2>{t("passkey.own")}</h2>
        {data.passkeys.length === 0 && <p class="muted">{t("passkey.none")}</p>}
        <ul class="rows">
          {data.passkeys.map((passkey) => (
            <Row key={passkey.id} passkey={passkey} nowMs={state.nowMs} />
          ))}
        </ul>
      </section>
    </AccountPage>
  );
});

function Row({ passkey, nowMs }: { passkey: Passkey; nowMs: number }) {
  const { id, name } = passkey;
  return (
    <li class="row-card device-row">
      <Icon name="key" />
      <div class="grow">
        <p class="row-tight wrap">
          <span class="strong break">{name}</span>
          {passkey.synced && <span class="tag">{t("passkey.synced")}</span>}
        </p>
        <p class="small muted">
          {passkey.last_used_ts === null
            ? t("passkey.unused")
            : t("sessions.used", { when: formatRelative(passkey.last_used_ts, nowMs) })} ·{" "}
          {t("passkey.added", { when: formatRelative(passkey.created_ts, nowMs) })}
        </p>
        <RenameRow
          field="passkey"
          id={id}
          label={t("e2ee.devices.rename")}
          named={t("passkey.renameNamed", { name })}
          name={name}
          nameLabel={t("passkey.name")}
          maxlength={60}
        />
        <RemoveRow
          field="passkey"
          id={id}
          label={t("passkey.remove")}
          named={t("passkey.removeNamed", { name })}
          text={t("passkey.removeText")}
          sure={t("passkey.removeSure")}
        />
      </div>
    </li>
  );
}
