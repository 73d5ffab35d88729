import { nameOf } from "../../lib/format/names.ts";
import { t } from "../../lib/i18n/t.ts";
import type { CallShown } from "../../lib/store/voice.ts";
import { gradeOf } from "../../lib/voice/quality.ts";
import { useChat } from "../chat/chat_context.ts";
import { CopyButton } from "../chat/CopyButton.tsx";
import { Dialog } from "../chat/Dialog.tsx";
import { Avatar } from "../Avatar.tsx";
import { Icon } from "../Icon.tsx";

/** That a call is encrypted, for whose devices, and how good the way is. */
export default function CallDetails() {
  const state = useChat();
  const call = state.voice.call.value;
  return (
    <Dialog title={t("call.in", { name: call?.spot.name ?? "" })}>
      {call && (
        <div class="stack">
          <Encryption call={call} />
          <Devices call={call} />
          <Figures call={call} />
        </div>
      )}
    </Dialog>
  );
}

function Encryption({ call }: { call: CallShown }) {
  return (
    <section class="stack-tight" aria-labelledby="call-encrypted">
      <h3 id="call-encrypted" class="row">
        <Icon name="lock" />
        {t("call.encrypted")}
      </h3>
      <p class="small muted">{t("call.encryptedText")}</p>
      {call.code === undefined ? <p role="status">{t("call.codeWaits")}</p> : (
        <div class="row wrap">
          <p class="call-code" aria-label={t("call.code")}>{call.code}</p>
          <CopyButton text={call.code} label={t("call.copyCode")} />
        </div>
      )}
    </section>
  );
}

function Devices({ call }: { call: CallShown }) {
  const state = useChat();
  if (call.devices.length === 0) return null;
  return (
    <section class="stack-tight" aria-labelledby="call-devices">
      <h3 id="call-devices">{t("call.devices")}</h3>
      <ul class="call-devices">
        {call.devices.map(({ leaf, user, device, trust }) => {
          const person = state.voice.peopleIn(call.spot).find((one) =>
            one.user.id === user
          )?.user ??
            state.userOf(user);
          const self = user === state.self.value.user.id;
          return (
            <li key={leaf} class="row">
              <Avatar id={user} name={nameOf(person)} uri={person.avatar} size="s" />
              <span class="grow clip">
                <span class="block clip">
                  {self ? `${nameOf(person)} (${t("call.you")})` : nameOf(person)}
                </span>
                <span class="block clip tiny faint">{t("call.deviceId", { device })}</span>
              </span>
              {!self && (
                <span
                  class={trust === "changed"
                    ? "tag danger"
                    : trust === "verified"
                    ? "tag accent"
                    : "tag"}
                >
                  {t(`call.device.${trust}`)}
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Figures({ call }: { call: CallShown }) {
  const { rttMs, loss, jitterMs, undecryptable } = call.quality ?? {};
  const ms = (value: number | undefined) =>
    value === undefined ? t("call.figure.none") : t("call.figure.ms", { n: value });
  const percent = (value: number | undefined) =>
    value === undefined
      ? t("call.figure.none")
      : t("call.figure.percent", { n: Math.round(value * 1000) / 10 });
  const rows = [
    ["rtt", ms(rttMs)],
    ["loss", percent(loss)],
    ["jitter", ms(jitterMs)],
    ["undecryptable", percent(undecryptable)],
  ] as const;
  return (
    <section class="stack-tight" aria-labelledby="call-figures">
      <h3 id="call-figures" class="row">
        {t("call.figures")}
        <span class="small muted">{t(`call.quality.${gradeOf(call.quality)}`)}</span>
      </h3>
      <dl class="call-figures">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{t(`call.figure.${name}`)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
