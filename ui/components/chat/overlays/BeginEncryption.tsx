import { useEffect, useState } from "preact/hooks";
import { dmName } from "../../../lib/format/dm_name.ts";
import { nameOf } from "../../../lib/format/names.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { ChatState, Overlay } from "../../../lib/store/chat.ts";
import type { Readiness } from "../../../lib/e2ee/begin.ts";
import type { Encryptable } from "../../../lib/store/encryptable.ts";
import { Icon } from "../../Icon.tsx";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { usePrivacy } from "../use_privacy.ts";
import { useSubmit } from "./use_submit.ts";

/** What encryption of a conversation means, and the act; or why it cannot begin yet. */
export default function BeginEncryption(
  { overlay }: { overlay: Extract<Overlay, { kind: "encrypt" }> },
) {
  const state = useChat();
  const privacy = usePrivacy();
  const { target } = overlay;
  const name = nameOfTarget(state, target);
  const [ready, setReady] = useState<Readiness | undefined>(undefined);
  const { busy, error, run } = useSubmit();
  const close = () => state.overlay.value = null;
  useEffect(() => {
    if (privacy) void run(async () => setReady(await privacy.beginnings.readiness(target)));
  }, [privacy]);
  const begin = () =>
    run(async () => {
      await privacy?.beginnings.begin(target);
      privacy?.beginnings.tell(target);
      close();
    });
  const wait = () => {
    if (target.kind === "dm") privacy?.beginnings.later(target.dm);
    close();
  };
  const { kind } = target;
  return (
    <Dialog title={t(kind === "dm" ? "sealed.begin" : "sealed.beginChannel")}>
      <p>{whatItMeans(target, name)}</p>
      {kind === "channel" && <p>{t("sealed.beginChannelText.2")}</p>}
      <p class="muted">{t("sealed.beginText.2")}</p>
      <Standing target={target} ready={ready} busy={busy} failed={error !== undefined} />
      {error && <p class="field-error" role="alert">{error}</p>}
      <div class="row end wrap">
        <button type="button" class="button" onClick={close}>{t("cancel")}</button>
        {ready?.kind === "no_device" && (
          <button type="button" class="button primary" onClick={wait}>
            {t("sealed.beginLater")}
          </button>
        )}
        {ready?.kind === "unapproved" && (
          <a class="button primary" href="/settings/encryption">{t("sealed.setUp")}</a>
        )}
        {(ready === undefined || ready.kind === "ready") && (
          <button
            type="button"
            class="button primary"
            disabled={busy || ready === undefined}
            onClick={begin}
          >
            {t("sealed.beginAct")}
          </button>
        )}
      </div>
    </Dialog>
  );
}

/** What is known of who can read it, or why it cannot begin. */
function Standing(props: {
  target: Encryptable;
  ready: Readiness | undefined;
  busy: boolean;
  failed: boolean;
}) {
  const state = useChat();
  const { target, ready } = props;
  const name = nameOfTarget(state, target);
  return (
    <p class="row-tight top" role="status">
      {ready === undefined
        ? !props.failed && target.kind === "dm" && (
          <span class="muted">{lookingFor(target, name)}</span>
        )
        : ready.kind === "ready"
        ? (
          <span class="muted">
            {props.busy ? t("sealed.beginning") : withoutDevice(state, ready.without)}
          </span>
        )
        : (
          <>
            <Icon name="info" small />
            <span>{whyNot(ready, target, name)}</span>
          </>
        )}
    </p>
  );
}

function nameOfTarget(state: ChatState, target: Encryptable): string {
  return target.kind === "dm" ? dmName(target.dm, state.self.value.user.id) : target.channel.name;
}

function whatItMeans(target: Encryptable, name: string): string {
  if (target.kind === "channel") return t("sealed.beginChannelText.1", { name });
  return target.dm.kind === "pair" ? t("sealed.beginText.1", { name }) : t("group.sealedText");
}

function lookingFor(target: Encryptable, name: string): string {
  return isOfSeveral(target) ? t("group.looking") : t("sealed.looking", { name });
}

function isOfSeveral(target: Encryptable): boolean {
  return target.kind === "dm" && target.dm.kind === "group";
}

/** Who of a group reads nothing yet. */
function withoutDevice(state: ChatState, users: readonly string[]): string {
  if (users.length === 0) return "";
  const names = users.map((userId) => nameOf(state.userOf(userId))).join(", ");
  return t("group.without", { n: users.length, names });
}

function whyNot(
  ready: Exclude<Readiness, { kind: "ready" }>,
  target: Encryptable,
  name: string,
): string {
  switch (ready.kind) {
    case "lack":
      return t(`sealed.lack.${ready.lack}`);
    case "not_yours":
      if (target.kind === "channel") return t("sealed.notYourChannel");
      return t(isOfSeveral(target) ? "group.notYours" : "sealed.notYours");
    case "unapproved":
      return t("sealed.unapproved");
    case "no_device":
      return `${isOfSeveral(target) ? t("group.noDevice") : t("sealed.noDevice", { name })} ${
        t("sealed.noDeviceText")
      }`;
  }
}
