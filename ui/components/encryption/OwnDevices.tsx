import VerifyDevice from "../../islands/VerifyDevice.tsx";
import { formatRelative } from "../../lib/format/time.ts";
import { t } from "../../lib/i18n/t.ts";
import type { SignedIn } from "../../lib/settings/own_devices.ts";
import { ActForm } from "../FormParts.tsx";
import { Icon } from "../Icon.tsx";
import { RemoveRow, RenameRow } from "../RowActs.tsx";

/** Everywhere somebody is signed in, and what each may read. Works without scripts but for Verify. */
export function OwnDevices(
  props: { all: readonly SignedIn[]; userId: string; nowMs: number },
) {
  const here = props.all.find(({ session }) => session.current);
  return (
    <ul class="rows">
      {props.all.map((each) => (
        <DeviceRow
          key={each.session.id}
          {...each}
          userId={props.userId}
          nowMs={props.nowMs}
          mayVerify={here?.trust === "verified"}
        />
      ))}
    </ul>
  );
}

function DeviceRow(
  { session, device, name, trust, ...props }: SignedIn & {
    userId: string;
    nowMs: number;
    mayVerify: boolean;
  },
) {
  return (
    <li class="row-card device-row">
      <Icon name="device" />
      <div class="grow">
        <p class="row-tight wrap">
          <span class="strong break">{name}</span>
          {session.current && <span class="tag accent">{t("sessions.current")}</span>}
          {trust !== "none" && (
            <span class={trust === "verified" ? "tag" : "tag call"}>
              <Icon name={trust === "verified" ? "shield" : "warning"} small />
              <span>{t(`e2ee.devices.${trust}`)}</span>
            </span>
          )}
        </p>
        <p class="small muted">
          {t("sessions.used", { when: formatRelative(session.last_used_ts, props.nowMs) })}
          {session.address && ` · ${session.address}`} ·{" "}
          {t("sessions.since", { when: formatRelative(session.created_ts, props.nowMs) })}
        </p>
        {device && (
          <RenameRow
            field="device"
            id={device.id}
            label={t("e2ee.devices.rename")}
            named={t("e2ee.devices.renameNamed", { name })}
            name={name}
            nameLabel={t("e2ee.devices.newName")}
            maxlength={80}
          />
        )}
        {device && !session.current && (
          <RemoveRow
            field="device"
            id={device.id}
            label={t("e2ee.devices.remove")}
            named={t("e2ee.devices.removeNamed", { name })}
            text={t("e2ee.devices.removeText")}
            sure={t("e2ee.devices.removeSure")}
          />
        )}
      </div>
      {device && trust === "unverified" && !session.current && props.mayVerify && (
        <VerifyDevice userId={props.userId} deviceId={device.id} name={name} />
      )}
      {!device && !session.current && (
        <ActForm act="revoke">
          <input type="hidden" name="id" value={session.id} />
          <button class="button small" type="submit">{t("sessions.revoke")}</button>
        </ActForm>
      )}
    </li>
  );
}
