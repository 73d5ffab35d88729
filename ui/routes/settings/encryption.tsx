import { AccountPage } from "../../components/AccountPage.tsx";
import { Notice } from "../../components/Notice.tsx";
import EncryptionSettings from "../../islands/EncryptionSettings.tsx";
import { formPage } from "../../lib/form_page.ts";
import { localPart } from "../../lib/format/names.ts";
import { t } from "../../lib/i18n/t.ts";
import { joinDevices } from "../../lib/settings/own_devices.ts";
import { define } from "../../utils.ts";

/** Sentences that say what encryption does. */
const WHAT = [1, 2, 3] as const;

export const handler = define.handlers(formPage(
  async (ctx) => {
    ctx.state.title = t("e2ee.title");
    const [self, { sessions }, { devices }] = await Promise.all([
      ctx.state.api.call("getAccount"),
      ctx.state.api.call("listSessions"),
      ctx.state.api.call("listDevices"),
    ]);
    return { self, devices, all: joinDevices(sessions, devices) };
  },
  {},
));

export default define.page<typeof handler>(({ data, state }) => {
  const { self, devices, all } = data;
  const unverified = all.filter(({ trust }) => trust === "unverified").length;
  return (
    <AccountPage
      state={state}
      heading={t("e2ee.title")}
      admin={self.admin}
      here="/settings/encryption"
      note={data.note}
    >
      <div class="stack-tight">
        {WHAT.map((at) => <p key={at}>{t(`e2ee.what.${at}`)}</p>)}
        <p class="small muted">{t("e2ee.audit")}</p>
      </div>
      <noscript>
        <Notice>{t("e2ee.scripts")}</Notice>
      </noscript>
      <EncryptionSettings
        owner={{
          userId: self.user.id,
          userName: localPart(self.user.id),
          serverName: state.server.name,
        }}
        devices={devices.map(({ id, name }) => ({ id, name }))}
      />
      <section class="stack-tight" aria-labelledby="e2ee-devices">
        <h2 id="e2ee-devices">{t("e2ee.devices.title")}</h2>
        <p>
          {t("e2ee.devices.count", { n: all.length })}{" "}
          {unverified > 0 && t("e2ee.unsigned.own", { n: unverified })}
        </p>
        <div>
          <a class="button" href="/settings/sessions">{t("e2ee.unsigned.look")}</a>
        </div>
      </section>
    </AccountPage>
  );
});
