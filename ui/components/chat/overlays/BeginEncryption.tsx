import { useEffect, useState } from "preact/hooks";
import { nameOf } from "../../../lib/format/names.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import type { Readiness } from "../../../lib/e2ee/begin.ts";
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
  const name = target.kind === "dm" ? nameOf(target.dm.user) : target.channel.name;
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
      <p>
        {kind === "dm"
          ? t("sealed.beginText.1", { name })
          : t("sealed.beginChannelText.1", { name })}
      </p>
      {kind === "channel" && <p>{t("sealed.beginChannelText.2")}</p>}
      <p class="muted">{t("sealed.beginText.2")}</p>
      <p class="row-tight top" role="status">
        {ready === undefined
          ? !error && kind === "dm" && <span class="muted">{t("sealed.looking", { name })}</span>
          : ready.kind === "ready"
          ? busy && <span class="muted">{t("sealed.beginning")}</span>
          : (
            <>
              <Icon name="info" small />
              <span>{whyNot(ready, kind, name)}</span>
            </>
          )}
      </p>
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

function whyNot(
  ready: Exclude<Readiness, { kind: "ready" }>,
  kind: "dm" | "channel",
  name: string,
): string {
  switch (ready.kind) {
    case "lack":
      return t(`sealed.lack.${ready.lack}`);
    case "not_yours":
      return kind === "dm" ? t("sealed.notYours", { name }) : t("sealed.notYourChannel");
    case "unapproved":
      return t("sealed.unapproved");
    case "no_device":
      return `${t("sealed.noDevice", { name })} ${t("sealed.noDeviceText")}`;
  }
}
