import { useEffect, useState } from "preact/hooks";
import { useAct } from "../lib/encryption/use_act.ts";
import { t } from "../lib/i18n/t.ts";

/**
 * Asks a device of one's own to compare pictures. The page shows the dialog, which hears of it
 * from the engine.
 */
export default function VerifyDevice(
  props: { userId: string; deviceId: string; name: string },
) {
  const { busy, fault, run } = useAct();
  const [live, setLive] = useState(false);
  useEffect(() => setLive(true), []);
  const begin = () =>
    run(async () => {
      const { openEngine } = await import("../lib/e2ee/client.ts");
      const engine = await openEngine(props.userId);
      await engine.ask("startVerification", props.userId, props.deviceId);
    });
  return (
    <div class="stack-tight">
      <button
        type="button"
        class="button small primary"
        disabled={busy || !live}
        aria-label={t("e2ee.devices.verifyNamed", { name: props.name })}
        onClick={begin}
      >
        {t("e2ee.devices.verify")}
      </button>
      {fault && <p class="field-error" role="alert">{fault}</p>}
    </div>
  );
}
