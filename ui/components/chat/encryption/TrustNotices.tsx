import { useEffect, useState } from "preact/hooks";
import type { BackupState, KnownUser } from "../../../../core/e2ee/engine/types.ts";
import { isPutOff, putOff } from "../../../lib/browser/recovery_marks.ts";
import { recoveryOf } from "../../../lib/encryption/recovery.ts";
import { useAct } from "../../../lib/encryption/use_act.ts";
import { type SeenEngine, useEngine } from "../../../lib/encryption/use_engine.ts";
import { useKnownUser } from "../../../lib/encryption/use_known_user.ts";
import type { RemoteEngine } from "../../../lib/e2ee/remote_engine.ts";
import { nameOf } from "../../../lib/format/names.ts";
import { t } from "../../../lib/i18n/t.ts";
import { isTalk, placeKey } from "../../../lib/store/place.ts";
import { Icon } from "../../Icon.tsx";
import { useChat } from "../chat_context.ts";

/**
 * What a person should know of whom an encrypted conversation is with: identities that changed,
 * devices without confirmation, this device, and recovery that is not set up.
 */
export default function TrustNotices(
  { roomId, userId }: { roomId: string; userId: string | undefined },
) {
  const state = useChat();
  const own = state.self.value.user.id;
  const seen = useEngine(own);
  const { engine } = seen;
  const known = useKnownUser(engine, userId);
  const self = useKnownUser(engine, own);
  if (!engine) return null;
  const phase = engine.state()?.phase;
  if (phase === "unapproved") return <Unapproved />;
  if (phase === "removed") return <Line icon="warning" text={t("e2ee.here.removed")} />;
  const room = engine.room(roomId);
  const changed = new Set([
    ...room?.reasons.includes("identity_changed") ? room.users : [],
    ...known?.changedTo !== undefined && userId !== undefined ? [userId] : [],
  ]);
  const unsigned = uncertified(known);
  const ownUnsigned = uncertified(self);
  return (
    <>
      {[...changed].map((id) => (
        <ChangedIdentity
          key={id}
          engine={engine}
          userId={id}
          loud={id === userId ? known?.verified ?? true : true}
        />
      ))}
      {unsigned > 0 && userId !== undefined && (
        <Line
          icon="warning"
          text={t("e2ee.unsigned.line", { n: unsigned, name: nameOf(state.userOf(userId)) })}
        />
      )}
      {ownUnsigned > 0 && (
        <Line icon="device" text={t("e2ee.unsigned.own", { n: ownUnsigned })}>
          <a class="button small" href="/settings/sessions">{t("e2ee.unsigned.look")}</a>
        </Line>
      )}
      {phase === "ready" && <RecoveryPrompt engine={engine} changes={seen.changes} />}
    </>
  );
}

function uncertified(known: KnownUser | undefined): number {
  return known?.devices.filter((device) => !device.certified).length ?? 0;
}

function Unapproved() {
  const next = typeof location === "undefined" ? "/" : location.pathname;
  return (
    <Line icon="lock" text={t("e2ee.here.text")}>
      <a class="button small primary" href={`/restore?next=${encodeURIComponent(next)}`}>
        {t("e2ee.here.get")}
      </a>
    </Line>
  );
}

/** Loud for who had compared; a line for who had not. One press goes on, the other compares. */
function ChangedIdentity(
  { engine, userId, loud }: { engine: RemoteEngine; userId: string; loud: boolean },
) {
  const state = useChat();
  const { busy, fault, run } = useAct();
  const name = nameOf(state.userOf(userId));
  const accept = () => run(() => engine.ask("acceptIdentity", userId));
  const verify = () => run(() => engine.ask("startVerification", userId, "*"));
  return (
    <div
      class={loud ? "notice error room-alarm" : "guild-notice row-tight wrap"}
      role={loud ? "alert" : "status"}
    >
      <Icon name="warning" small={!loud} />
      <div class="grow">
        {loud && <p class="strong">{t("e2ee.changed.title", { name })}</p>}
        <p>{t(loud ? "e2ee.changed.loud" : "e2ee.changed.calm", { name })}</p>
        {fault && <p class="field-error" role="alert">{fault}</p>}
      </div>
      <div class="row-tight wrap">
        {loud && (
          <button type="button" class="button small" disabled={busy} onClick={accept}>
            {t("e2ee.changed.accept")}
          </button>
        )}
        <button
          type="button"
          class={loud ? "button small primary" : "button small"}
          disabled={busy}
          onClick={loud ? verify : accept}
        >
          {t(loud ? "e2ee.changed.verify" : "e2ee.changed.accept")}
        </button>
      </div>
    </div>
  );
}

/** After the first encrypted message of one's own: a calm question, which may wait. */
function RecoveryPrompt(
  { engine, changes }: { engine: RemoteEngine; changes: SeenEngine["changes"] },
) {
  const state = useChat();
  const own = state.self.value.user.id;
  const [backup, setBackup] = useState<BackupState | null | undefined>(undefined);
  const [away, setAway] = useState(() => isPutOff(own));
  const place = state.place.value;
  const wrote = isTalk(place) &&
    state.windowOf(placeKey(place)).value.messages
      .some((message) => message.kind === "sealed" && message.author.id === own);
  useEffect(() => {
    if (!wrote || away) return;
    void engine.ask("backupState").then((found) => setBackup(found ?? null), () => undefined);
  }, [engine, wrote, away, changes]);
  if (!wrote || away || backup === undefined) return null;
  if (recoveryOf(backup?.slots ?? []) === "full") return null;
  return (
    <div class="first-hint" role="note" aria-label={t("e2ee.prompt.label")}>
      <Icon name="key" small />
      <p class="grow">
        <strong class="block">{t("e2ee.prompt.title")}</strong> {t("e2ee.prompt.text")}
      </p>
      <a class="button small primary" href="/settings/encryption">{t("e2ee.setup.begin")}</a>
      <button
        type="button"
        class="button small quiet"
        onClick={() => {
          putOff(own);
          setAway(true);
          document.querySelector<HTMLElement>("textarea[name=body]")?.focus();
        }}
      >
        {t("e2ee.setup.later")}
      </button>
    </div>
  );
}

function Line(props: {
  icon: "warning" | "device" | "lock";
  text: string;
  children?: preact.ComponentChildren;
}) {
  return (
    <div class="guild-notice row-tight wrap" role="status">
      <Icon name={props.icon} small />
      <span class="grow">{props.text}</span>
      {props.children}
    </div>
  );
}
