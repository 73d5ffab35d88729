import { useEffect, useRef } from "preact/hooks";
import type { Verification } from "../../../core/e2ee/engine/types.ts";
import { useAct } from "../../lib/encryption/use_act.ts";
import type { RemoteEngine } from "../../lib/e2ee/remote_engine.ts";
import { t } from "../../lib/i18n/t.ts";
import { Icon } from "../Icon.tsx";
import { EmojiList } from "./EmojiList.tsx";
import { Modal } from "../Modal.tsx";

/** How a verification went, and who takes part in it as they are called here. */
export interface VerifyProps {
  readonly engine: RemoteEngine;
  readonly verification: Verification;
  /** A device of one's own: `name` is the device's. */
  readonly own: boolean;
  readonly name: string;
  readonly onClose: () => void;
}

/** Two people, or two devices of one, compare seven pictures. */
export default function VerifyDialog(props: VerifyProps) {
  const { engine, verification, own, name } = props;
  const { phase, id } = verification;
  const { busy, fault, run } = useAct();
  const close = () => {
    if (phase !== "done" && phase !== "cancelled") {
      void engine.ask("cancelVerification", id).catch(() => undefined);
    }
    props.onClose();
  };
  const number = oneNumber(verification);
  const part = useRef<HTMLDivElement>(null);
  // What was pressed is gone with its phase: the words of the next one are where reading goes on.
  useEffect(() => part.current?.focus(), [phase]);
  const title = phase === "done"
    ? own ? t("e2ee.verify.doneOwn") : t("e2ee.verify.done", { name })
    : phase === "cancelled"
    ? t("e2ee.verify.cancelled")
    : own
    ? t("e2ee.verify.own")
    : t("e2ee.verify.title", { name });
  return (
    <Modal title={title} onClose={close}>
      <div ref={part} class="stack verify-part" tabIndex={-1}>
        {phase === "asked" && (
          <Asked
            {...props}
            busy={busy}
            onAccept={() => run(() => engine.ask("acceptVerification", id))}
            onRefuse={close}
          />
        )}
        {phase === "compare" && (
          <Compare
            {...props}
            busy={busy}
            onSame={() => run(() => engine.ask("confirmVerification", id))}
            onDiffer={() => run(() => engine.ask("cancelVerification", id, "mismatch"))}
          />
        )}
        {phase === "waiting" &&
          (number === undefined ? <Waiting text={t("e2ee.verify.waitConfirm")} /> : (
            <>
              <OneNumber number={number} />
              <Waiting
                text={own ? t("e2ee.verify.waitNumber") : t("e2ee.person.waitNumber", { name })}
              />
            </>
          ))}
        {phase === "done" && <Done own={own} onClose={props.onClose} />}
        {phase === "cancelled" && (
          <>
            <p role="alert">{t(`e2ee.cancel.${verification.reason ?? "failed"}`)}</p>
            <div class="row end">
              <button type="button" class="button" onClick={props.onClose}>{t("close")}</button>
            </div>
          </>
        )}
        {fault && <p class="field-error" role="alert">{fault}</p>}
      </div>
    </Modal>
  );
}

/** After a scan both sides show one number, in place of seven pictures. */
function oneNumber({ byCode, decimals }: Verification): number | undefined {
  return byCode ? decimals?.[0] : undefined;
}

function OneNumber({ number }: { number: number }) {
  return <p class="verify-numbers verify-one mono" translate={false}>{number}</p>;
}

function Waiting({ text }: { text: string }) {
  return (
    <p role="status" class="row">
      <span class="spinner" aria-hidden="true" /> <span>{text}</span>
    </p>
  );
}

function Asked(props: VerifyProps & { busy: boolean; onAccept: () => void; onRefuse: () => void }) {
  const { own, name, verification } = props;
  if (verification.begunHere) {
    return (
      <>
        <Waiting
          text={own ? t("e2ee.verify.waitAcceptOwn") : t("e2ee.verify.waitAccept", { name })}
        />
        <div class="row end">
          <button type="button" class="button quiet" onClick={props.onRefuse}>{t("cancel")}</button>
        </div>
      </>
    );
  }
  return (
    <>
      <p>{own ? t("e2ee.verify.askedOwn", { name }) : t("e2ee.verify.asked", { name })}</p>
      {own && <p>{t("e2ee.verify.askedOwnText")}</p>}
      <div class="row between wrap">
        <button type="button" class="button quiet" onClick={props.onRefuse}>
          {t("e2ee.verify.refuse")}
        </button>
        <button
          type="button"
          class="button primary"
          disabled={props.busy}
          onClick={props.onAccept}
        >
          {t("e2ee.verify.accept")}
        </button>
      </div>
    </>
  );
}

function Compare(
  props: VerifyProps & { busy: boolean; onSame: () => void; onDiffer: () => void },
) {
  const { verification, own, name } = props;
  const number = oneNumber(verification);
  return (
    <>
      {number === undefined ? <Pictures {...{ verification, own, name }} /> : (
        <>
          <p class="strong">{t("e2ee.verify.compareNumber")}</p>
          <OneNumber number={number} />
        </>
      )}
      <div class="row between wrap">
        <button type="button" class="button danger" disabled={props.busy} onClick={props.onDiffer}>
          {t("e2ee.verify.differ")}
        </button>
        <button type="button" class="button primary" disabled={props.busy} onClick={props.onSame}>
          {t("e2ee.verify.same")}
        </button>
      </div>
    </>
  );
}

function Pictures({ verification, own, name }: Pick<VerifyProps, "verification" | "own" | "name">) {
  return (
    <>
      <p class="strong">{t("e2ee.verify.compare")}</p>
      {!own && <p class="small muted">{t("e2ee.verify.compareOther", { name })}</p>}
      <EmojiList emoji={verification.emoji ?? []} />
      <details class="more-options">
        <summary>{t("e2ee.verify.numbers")}</summary>
        <p class="verify-numbers mono">{verification.decimals?.join(" – ")}</p>
      </details>
    </>
  );
}

function Done({ own, onClose }: { own: boolean; onClose: () => void }) {
  return (
    <>
      <p class="row good-text" role="status">
        <Icon name="shield" />
        <span>{own ? t("e2ee.verify.doneOwnText") : t("e2ee.verify.doneText")}</span>
      </p>
      <div class="row end">
        <button type="button" class="button primary" onClick={onClose}>{t("e2ee.finish")}</button>
      </div>
    </>
  );
}
