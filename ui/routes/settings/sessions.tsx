import { AccountPage } from "../../components/AccountPage.tsx";
import { OwnDevices } from "../../components/encryption/OwnDevices.tsx";
import { ActForm } from "../../components/FormParts.tsx";
import DeviceVerifications from "../../islands/DeviceVerifications.tsx";
import { formPage } from "../../lib/form_page.ts";
import { t } from "../../lib/i18n/t.ts";
import { DEVICE_ACTS, joinDevices } from "../../lib/settings/own_devices.ts";
import { define } from "../../utils.ts";

export const handler = define.handlers(formPage(
  async (ctx) => {
    ctx.state.title = t("settings.sessions");
    const [self, { sessions }, { devices }] = await Promise.all([
      ctx.state.api.call("getAccount"),
      ctx.state.api.call("listSessions"),
      ctx.state.api.call("listDevices"),
    ]);
    return { self, devices, all: joinDevices(sessions, devices) };
  },
  DEVICE_ACTS,
));

export default define.page<typeof handler>(({ data, state }) => {
  const { self, devices, all } = data;
  return (
    <AccountPage
      state={state}
      heading={t("settings.sessions")}
      lead={t("sessions.lead")}
      admin={self.admin}
      here="/settings/sessions"
      note={data.note}
    >
      {devices.length > 0 && <p>{t("e2ee.devices.lead")}</p>}
      <OwnDevices all={all} userId={self.user.id} nowMs={state.nowMs} />
      {all.length > 1 && (
        <ActForm act="revokeOthers">
          <div>
            <button class="button danger" type="submit">{t("sessions.revokeOthers")}</button>
          </div>
        </ActForm>
      )}
      {devices.length > 0 && (
        <DeviceVerifications
          userId={self.user.id}
          devices={devices.map(({ id, name }) => ({ id, name }))}
        />
      )}
    </AccountPage>
  );
});
