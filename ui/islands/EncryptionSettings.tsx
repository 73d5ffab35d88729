import { useEffect, useState } from "preact/hooks";
import type { ComponentType } from "preact";
import type { BackupState } from "../../core/e2ee/engine/types.ts";
import { EngineTrouble } from "../components/encryption/EngineTrouble.tsx";
import type { Owner } from "../lib/encryption/owner.ts";
import { StateCard } from "../components/encryption/StateCard.tsx";
import { type NamedDevice, Verifications } from "../components/encryption/Verifications.tsx";
import { Ways } from "../components/encryption/Ways.tsx";
import { isUnconfirmed } from "../lib/browser/recovery_marks.ts";
import { untilDone } from "../lib/browser/until_done.ts";
import { useEngine } from "../lib/encryption/use_engine.ts";
import { makeDevice } from "../lib/e2ee/begin.ts";
import type { RemoteEngine } from "../lib/e2ee/remote_engine.ts";
import { withTexts } from "../lib/i18n/later.ts";
import { t } from "../lib/i18n/t.ts";

type Open = "setup" | "key" | "phrase" | "passkey" | "reset" | "code";
type Dialog = ComponentType<{
  engine: RemoteEngine;
  owner: Owner;
  only?: "key" | "phrase" | undefined;
  onClose: () => void;
  onDone: () => void;
}>;

const LOADERS: Readonly<Record<Open, () => Promise<{ default: Dialog }>>> = {
  setup: () => import("../components/encryption/RecoverySetup.tsx"),
  key: () => import("../components/encryption/RecoverySetup.tsx"),
  phrase: () => import("../components/encryption/RecoverySetup.tsx"),
  passkey: () => import("../components/encryption/PasskeySetup.tsx"),
  reset: () => import("../components/encryption/ResetForm.tsx"),
  code: () => import("../components/encryption/ShowCode.tsx"),
};

/** The state of encryption on this device, the ways to one's messages, and a new beginning. */
export default function EncryptionSettings(
  { owner, devices }: { owner: Owner; devices: readonly NamedDevice[] },
) {
  const seen = useEngine(owner.userId, { live: true });
  const { engine } = seen;
  const backup = useBackup(engine, seen.changes);
  const [open, setOpen] = useState<{ kind: Open; part: Dialog } | undefined>(undefined);
  const [resetDone, setResetDone] = useState(false);
  const show = (kind: Open) =>
    void withTexts(LOADERS[kind]()).then((module) => setOpen({ kind, part: module.default }));
  const device = engine?.state();
  const isNew = device?.phase === "new" && (devices.length > 0 || Boolean(backup));
  useEffect(() => {
    // The account has encryption elsewhere: what this device is to it is asked, not guessed.
    if (!engine || !isNew) return;
    const ending = new AbortController();
    void untilDone(() => makeDevice(engine), ending);
    return () => ending.abort();
  }, [engine, isNew]);
  if (!engine || !device) {
    return (
      <section class="card stack-tight" aria-labelledby="e2ee-state">
        <h2 id="e2ee-state">{t("e2ee.state")}</h2>
        <EngineTrouble seen={seen} waiting={t("loading")} />
      </section>
    );
  }
  const Part = open?.part;
  const close = () => setOpen(undefined);
  return (
    <>
      {resetDone && <p class="saved" role="status">{t("e2ee.reset.done")}</p>}
      <StateCard
        device={device}
        backup={backup}
        nowMs={Date.now()}
        unconfirmed={isUnconfirmed(owner.userId)}
        onShow={show}
      />
      {backup && device.phase === "ready" && (
        <Ways
          engine={engine}
          slots={backup.slots}
          onShow={show}
          showsCode={devices.length > 1}
        />
      )}
      {device.phase !== "new" && <ResetCard onBegin={() => show("reset")} />}
      {open && Part && (
        <Part
          key={open.kind}
          engine={engine}
          owner={owner}
          only={open.kind === "key" || open.kind === "phrase" ? open.kind : undefined}
          onClose={close}
          onDone={() => {
            close();
            setResetDone(true);
          }}
        />
      )}
      <Verifications engine={engine} userId={owner.userId} devices={devices} />
    </>
  );
}

function ResetCard({ onBegin }: { onBegin: () => void }) {
  return (
    <section class="card danger-card stack" aria-labelledby="e2ee-reset">
      <h2 id="e2ee-reset">{t("e2ee.reset.title")}</h2>
      <p>{t("e2ee.reset.text")}</p>
      <div>
        <button type="button" class="button danger" onClick={onBegin}>
          {t("e2ee.reset.begin")}
        </button>
      </div>
    </section>
  );
}

/** What the engine knows of the backup, read anew with its changes; null: there is none. */
function useBackup(
  engine: RemoteEngine | undefined,
  changes: number,
): BackupState | null | undefined {
  const [backup, setBackup] = useState<BackupState | null | undefined>(undefined);
  useEffect(() => {
    // A server that does not answer says nothing about the backup: what was known stays.
    void engine?.ask("backupState").then((found) => setBackup(found ?? null), () => undefined);
  }, [engine, changes]);
  return backup;
}
