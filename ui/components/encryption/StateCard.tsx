import type { BackupState, DeviceState } from "../../../core/e2ee/engine/types.ts";
import { recoveryOf } from "../../lib/encryption/recovery.ts";
import { formatSize } from "../../lib/format/size.ts";
import { formatRelative } from "../../lib/format/time.ts";
import { t } from "../../lib/i18n/t.ts";
import { StateLine } from "./StateLine.tsx";

/** How it stands with this device, with recovery and with the backup, and the next step. */
export function StateCard(props: {
  device: DeviceState;
  /** Undefined: not known yet. Null: there is none. */
  backup: BackupState | null | undefined;
  nowMs: number;
  unconfirmed: boolean;
  onShow: (what: "setup" | "key" | "phrase") => void;
}) {
  const { device, backup } = props;
  const recovery = recoveryOf(backup?.slots ?? []);
  const hasKey = backup?.slots.includes("recovery_key") ?? false;
  const doubtful = props.unconfirmed && hasKey;
  const unreadable = device.backup === "unreadable";
  const mayBegin = device.phase === "new" || device.phase === "ready" && !unreadable;
  return (
    <section class="card stack" aria-labelledby="e2ee-state">
      <h2 id="e2ee-state">{t("e2ee.state")}</h2>
      <dl class="state-lines">
        <StateLine
          icon="device"
          label={t("e2ee.device.label")}
          good={device.phase === "ready"}
        >
          {t(`e2ee.device.${device.phase}`)}
        </StateLine>
        {backup !== undefined && (
          <>
            <StateLine
              icon="key"
              label={t("e2ee.recovery.label")}
              good={recovery === "full" && !doubtful}
            >
              {t(doubtful ? "e2ee.recovery.unconfirmed" : `e2ee.recovery.${recovery}`)}
            </StateLine>
            <StateLine
              icon="download"
              label={t("e2ee.backup.label")}
              good={device.backup === "on"}
            >
              {backupText(device, backup, props.nowMs)}
            </StateLine>
          </>
        )}
      </dl>
      {(device.phase === "unapproved" || unreadable) && <GetMessages />}
      {backup !== undefined && mayBegin && (recovery !== "full" || doubtful) && (
        <div>
          <button
            type="button"
            class="button primary"
            onClick={() => props.onShow(doubtful ? "key" : hasKey ? "phrase" : "setup")}
          >
            {t(
              doubtful
                ? "e2ee.key.change"
                : recovery === "half"
                ? "e2ee.setup.more"
                : "e2ee.setup.begin",
            )}
          </button>
        </div>
      )}
    </section>
  );
}

function GetMessages() {
  return (
    <div>
      <a class="button primary" href="/restore?next=/settings/encryption">{t("e2ee.here.get")}</a>
    </div>
  );
}

function backupText(device: DeviceState, backup: BackupState | null, nowMs: number): string {
  if (device.backup === "unreadable") return t("e2ee.backup.unreadable");
  if (device.backup === "rolled_back") return t("e2ee.backup.rolledBack");
  if (backup === null || backup.savedTs === undefined) return t("e2ee.backup.none");
  const saved = t("e2ee.backup.saved", {
    when: formatRelative(backup.savedTs, nowMs),
    n: backup.keys,
    size: formatSize(backup.bytes),
  });
  return backup.waiting > 0 ? `${saved} ${t("e2ee.backup.waiting", { n: backup.waiting })}` : saved;
}
