import { useEffect, useRef, useState } from "preact/hooks";
import { canScan, scanCode } from "../../lib/browser/scan_code.ts";
import { useAct } from "../../lib/encryption/use_act.ts";
import type { RemoteEngine } from "../../lib/e2ee/remote_engine.ts";
import { t } from "../../lib/i18n/t.ts";
import { Field } from "../Field.tsx";
import { Modal } from "../Modal.tsx";

type Camera = "looking" | "on" | "none" | "refused";

/**
 * Reads the code of another device of one's own, by the camera where the browser can, else typed; or
 * that of a person, by the camera alone.
 */
export default function ScanCode(props: {
  engine: RemoteEngine;
  person?: { readonly userId: string; readonly name: string };
  onScanned: () => void;
  onClose: () => void;
}) {
  const { person } = props;
  const { busy, fault, run } = useAct();
  const [camera, setCamera] = useState<Camera>("looking");
  const video = useRef<HTMLVideoElement>(null);
  /** Whether it was the code of that device or person. */
  const use = async (text: string) => {
    let taken = false;
    await run(async () => {
      await props.engine.ask("scanCode", text.trim(), person?.userId).catch((error) => {
        const why = !person
          ? t("e2ee.code.wrong")
          : reasonOf(error) === "other_identity"
          ? t("e2ee.person.otherIdentity", person)
          : t("e2ee.person.wrong", person);
        throw new Error(why, { cause: error });
      });
      taken = true;
      props.onScanned();
    });
    return taken;
  };
  useEffect(() => {
    const closed = new AbortController();
    const box = video.current;
    if (!canScan() || !box) setCamera("none");
    else {
      setCamera("on");
      scanCode(box, use, closed.signal).catch(() => setCamera("refused"));
    }
    return () => closed.abort();
  }, []);
  return (
    <Modal title={t(person ? "e2ee.person.scan" : "e2ee.get.scan")} onClose={props.onClose}>
      <div hidden={camera !== "on"}>
        <p>{person ? t("e2ee.person.camera", person) : t("e2ee.code.camera")}</p>
        <video ref={video} class="scan-view" muted playsinline />
      </div>
      {camera === "none" && <p>{t(person ? "e2ee.person.noCamera" : "e2ee.code.noCamera")}</p>}
      {camera === "refused" && <p>{t(person ? "e2ee.person.refused" : "e2ee.code.refused")}</p>}
      {person
        ? fault && <p class="field-error" role="alert">{fault}</p>
        : <Typed fault={fault} busy={busy} onUse={use} />}
    </Modal>
  );
}

/** The same, as it stands below the picture. */
function Typed(props: {
  fault: string | undefined;
  busy: boolean;
  onUse: (text: string) => Promise<boolean>;
}) {
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void props.onUse(String(new FormData(event.currentTarget).get("code")));
      }}
    >
      <Field
        name="code"
        label={t("e2ee.code.type")}
        error={props.fault}
        autocomplete="off"
        spellcheck={false}
        required
      />
      <div class="row end">
        <button type="submit" class="button primary" disabled={props.busy}>
          {t("e2ee.code.use")}
        </button>
      </div>
    </form>
  );
}

/** Why the engine took a code for none. */
function reasonOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
