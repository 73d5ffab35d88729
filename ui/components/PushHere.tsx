import { useEffect, useState } from "preact/hooks";
import type { PushDevice } from "../../core/api/push.ts";
import { callApi, reasonOf } from "../lib/browser/browser_api.ts";
import { beginPush, endPush, type PushHere as Here, readPush } from "../lib/browser/push_here.ts";
import { shownDeviceName } from "../lib/format/device_name.ts";
import { formatDate } from "../lib/format/time.ts";
import { t } from "../lib/i18n/t.ts";

const UNKNOWN: Here = { standing: "unknown", key: null, devices: [] };

/** Being told while no page is open: on or off here, a trial, and the devices that are told. */
export function PushHere({ onAsked }: { onAsked: (standing: NotificationPermission) => void }) {
  const [here, setHere] = useState<Here>(UNKNOWN);
  const [note, setNote] = useState<{ text: string; error: boolean } | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const run = async (act: () => Promise<string | undefined>) => {
    setBusy(true);
    setNote(undefined);
    try {
      const text = await act();
      setHere(await readPush());
      if (text !== undefined) setNote({ text, error: false });
    } catch (error) {
      setNote({ text: reasonOf(error), error: true });
    }
    setBusy(false);
  };
  useEffect(() => void run(() => Promise.resolve(undefined)), []);
  const { standing, key } = here;
  const begin = () =>
    run(async () => {
      const allowed = await Notification.requestPermission();
      onAsked(allowed);
      if (allowed !== "granted") return undefined;
      await beginPush(key ?? "");
      return t("push.nowOn");
    });
  const own = here.devices.find(({ current }) => current);
  return (
    <div class="stack">
      <h3>{t("push.title")}</h3>
      <p role="status">{t(`push.standing.${standing}`)}</p>
      <div class="row wrap">
        {standing === "off" && (
          <button type="button" class="button primary" disabled={busy} onClick={begin}>
            {t("push.begin")}
          </button>
        )}
        {standing === "on" && own && <Acts own={own} busy={busy} run={run} />}
      </div>
      {note && (
        <p
          class={note.error ? "field-error" : "small muted"}
          role={note.error ? "alert" : "status"}
        >
          {note.text}
        </p>
      )}
      <Devices
        devices={here.devices}
        busy={busy}
        onEnd={(device) => run(() => endPush(device).then(() => undefined))}
      />
    </div>
  );
}

function Acts({ own, busy, run }: {
  own: PushDevice;
  busy: boolean;
  run: (act: () => Promise<string>) => Promise<void>;
}) {
  return (
    <>
      <button
        type="button"
        class="button"
        disabled={busy}
        onClick={() => run(() => callApi("tryPush", {}).then(() => t("push.tried")))}
      >
        {t("push.try")}
      </button>
      <button
        type="button"
        class="button quiet"
        disabled={busy}
        onClick={() => run(() => endPush(own).then(() => t("push.nowOff")))}
      >
        {t("push.end")}
      </button>
    </>
  );
}

function Devices({ devices, busy, onEnd }: {
  devices: readonly PushDevice[];
  busy: boolean;
  onEnd: (device: PushDevice) => void;
}) {
  if (devices.length === 0) return null;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <ul class="rows" aria-label={t("push.devices")}>
      {devices.map((device) => (
        <li key={device.session_id} class="row-card">
          <span class="grow">
            <span class="strong block">
              {shownDeviceName(device.device_name)}
              {device.current && <span class="tag">{t("push.this")}</span>}
            </span>
            <span class="tiny faint block">
              {device.last_push_ts === null
                ? t("push.since", { day: formatDate(device.created_ts, zone) })
                : t("push.last", { day: formatDate(device.last_push_ts, zone) })}
            </span>
          </span>
          {!device.current && (
            <button
              type="button"
              class="button small"
              disabled={busy}
              aria-label={t("push.endOf", { name: shownDeviceName(device.device_name) })}
              onClick={() => onEnd(device)}
            >
              {t("push.end")}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
