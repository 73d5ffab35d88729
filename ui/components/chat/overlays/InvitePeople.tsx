import { useEffect, useState } from "preact/hooks";
import { callApi } from "../../../lib/browser/browser_api.ts";
import type { CallResult } from "../../../lib/api/types.ts";
import { can } from "../../../lib/format/rights.ts";
import { formatRelative } from "../../../lib/format/time.ts";
import { t } from "../../../lib/i18n/t.ts";
import { stayChoices, stayText } from "../../../lib/settings/stays.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { Notice } from "../../Notice.tsx";
import { useChat } from "../chat_context.ts";
import { CopyButton } from "../CopyButton.tsx";
import { Dialog } from "../Dialog.tsx";
import { useSubmit } from "./use_submit.ts";

const AGES = [
  [3600, "invite.hour"],
  [86_400, "invite.day"],
  [604_800, "invite.week"],
  [2_592_000, "invite.month"],
  [0, "invite.never"],
] as const;
const USES = [0, 1, 5, 25, 100] as const;

export default function InvitePeople(
  { overlay }: { overlay: Extract<Overlay, { kind: "invite" }> },
) {
  const state = useChat();
  const [age, setAge] = useState<number>(604_800);
  const [uses, setUses] = useState<number>(0);
  const [stay, setStay] = useState<string>("");
  const [invite, setInvite] = useState<CallResult<"createInvite"> | undefined>(undefined);
  const { busy, error, run } = useSubmit();
  const guild = state.guilds.value.find((entry) => entry.id === overlay.guildId);
  const make = () =>
    run(async () =>
      setInvite(
        await callApi("createInvite", {
          body: {
            guild_id: overlay.guildId,
            channel_id: overlay.channelId,
            max_age_s: age,
            max_uses: uses,
            ...(stay === "" ? {} : { stay_s: Number(stay) }),
          },
        }),
      )
    );
  useEffect(() => void make(), []);
  return (
    <Dialog title={t("invite.title", { name: guild?.name ?? "" })}>
      {state.props.publicUrlLocal && <Notice kind="warn">{t("invite.localWarning")}</Notice>}
      <div class="field">
        <label for="invite-url">{t("invite.link")}</label>
        <div class="row-tight">
          <input
            id="invite-url"
            class="input grow mono"
            readOnly
            value={invite?.url ?? ""}
            placeholder={busy ? t("loading") : ""}
            onFocus={(event) => event.currentTarget.select()}
          />
          {invite && <CopyButton text={invite.url} label={t("copy")} />}
        </div>
        {invite && (
          <p class="hint">
            {invite.expires_ts === null ? t("invite.staysForEver") : t("invite.endsIn", {
              when: formatRelative(invite.expires_ts, state.now.value),
            })} {invite.registers && t("invite.registersToo")}{" "}
            {invite.stay_s !== null && t("stay.invite", { time: stayText(invite.stay_s) })}
          </p>
        )}
      </div>
      {error && <p class="field-error" role="alert">{error}</p>}
      <details class="more-options">
        <summary>{t("invite.options")}</summary>
        <div class="row wrap options-row">
          <LimitChoices age={age} onAge={setAge} uses={uses} onUses={setUses} />
          {guild && can(guild.permissions, "KICK") && <StayChoice stay={stay} onStay={setStay} />}
          <button type="button" class="button" disabled={busy} onClick={make}>
            {t("invite.newLink")}
          </button>
        </div>
      </details>
    </Dialog>
  );
}

/** How long who comes by the link stays; who may end memberships gives them an end. */
function StayChoice({ stay, onStay }: { stay: string; onStay: (stay: string) => void }) {
  return (
    <label class="field">
      <span class="label">{t("stay.label")}</span>
      <select
        class="select"
        value={stay}
        onChange={(event) => onStay(event.currentTarget.value)}
      >
        {stayChoices(t("stay.forGood")).map(([value, label]) => (
          <option key={value} value={value}>{label}</option>
        ))}
      </select>
    </label>
  );
}

function LimitChoices(props: {
  age: number;
  onAge: (age: number) => void;
  uses: number;
  onUses: (uses: number) => void;
}) {
  return (
    <>
      <label class="field">
        <span class="label">{t("invite.age")}</span>
        <select
          class="select"
          value={String(props.age)}
          onChange={(event) => props.onAge(Number(event.currentTarget.value))}
        >
          {AGES.map(([value, label]) => <option key={value} value={value}>{t(label)}</option>)}
        </select>
      </label>
      <label class="field">
        <span class="label">{t("invite.uses")}</span>
        <select
          class="select"
          value={String(props.uses)}
          onChange={(event) => props.onUses(Number(event.currentTarget.value))}
        >
          {USES.map((value) => (
            <option key={value} value={value}>
              {value === 0 ? t("invite.anyUses") : t("invite.nUses", { n: value })}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}
