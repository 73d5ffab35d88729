import type { Dm } from "../../../core/api/gateway.ts";
import type { MissedCall, RungPerson } from "../../../core/api/ringing.ts";
import { callIn, isInCall, peopleInCall } from "../../lib/browser/conversation_call.ts";
import { forgetMissed, ringAgain } from "../../lib/browser/missed_calls.ts";
import { dmName } from "../../lib/format/dm_name.ts";
import { nameOf } from "../../lib/format/names.ts";
import { formatRelative } from "../../lib/format/time.ts";
import { t } from "../../lib/i18n/t.ts";
import { Avatar } from "../Avatar.tsx";
import { useChat } from "./chat_context.ts";
import { ShowSlot, Tile } from "./VoiceStage.tsx";
import { Icon } from "../Icon.tsx";

/** The call of a conversation: who is in it and who is rung; else the calls that were missed. */
export default function ConversationCall({ dm }: { dm: Dm }) {
  const state = useChat();
  const people = peopleInCall(state, dm);
  const isHere = isInCall(state, dm);
  const missed = state.voice.missedIn(dm);
  if (people.length === 0 && !isHere) return missed ? <Missed dm={dm} missed={missed} /> : null;
  const rung = isHere ? state.voice.rungIn(dm) : [];
  const isOver = rung.length > 0 && rung.every((each) => each.state !== "ringing");
  return (
    <section
      class="voice-stage"
      aria-label={t("call.in", { name: dmName(dm, state.self.value.user.id) })}
    >
      <ShowSlot at={dm} guildId={null} />
      <ul class="voice-tiles grow">
        {people.map((one) => <Tile key={one.session} one={one} guildId={null} at={dm} />)}
        {rung.map((one) => <RungTile key={one.user_id} one={one} />)}
      </ul>
      {isOver && (
        <button type="button" class="button small" onClick={() => ringAgain(state, dm)}>
          {t("ring.again")}
        </button>
      )}
      {isHere
        ? (
          <span class="tag accent">
            <Icon name="phone" small />
            {t("call.here")}
          </span>
        )
        : (
          <button type="button" class="button primary" onClick={() => callIn(state, dm)}>
            <Icon name="phone" />
            {t("call.join")}
          </button>
        )}
    </section>
  );
}

/** Somebody who is rung, or was and did not come. */
function RungTile({ one }: { one: RungPerson }) {
  const user = useChat().userOf(one.user_id);
  const name = nameOf(user);
  return (
    <li class={one.state === "ringing" ? "voice-tile rung" : "voice-tile rung out"}>
      <Avatar id={user.id} name={name} uri={user.avatar} size="m" />
      <span class="clip">
        <span class="block clip">{name}</span>
        <span class="block tiny muted" role="status">{t(`ring.is.${one.state}`)}</span>
      </span>
    </li>
  );
}

function Missed({ dm, missed }: { dm: Dm; missed: MissedCall }) {
  const state = useChat();
  const when = formatRelative(missed.ts, state.now.value);
  return (
    <div class="guild-notice row-tight wrap" role="status">
      <Icon name="phone_missed" small />
      <span class="grow">
        {t("ring.missedFrom", { n: missed.count, name: nameOf(missed.by), when })}
      </span>
      <button type="button" class="button small" onClick={() => callIn(state, dm)}>
        {t("ring.callBack")}
      </button>
      <button
        type="button"
        class="icon-button small"
        title={t("ring.forget")}
        aria-label={t("ring.forget")}
        onClick={() => forgetMissed(state, dm)}
      >
        <Icon name="close" small />
      </button>
    </div>
  );
}
