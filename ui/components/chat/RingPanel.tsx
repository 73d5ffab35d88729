import { useEffect } from "preact/hooks";
import { acceptCall, declineCall } from "../../lib/browser/conversation_call.ts";
import { dmName } from "../../lib/format/dm_name.ts";
import { nameOf } from "../../lib/format/names.ts";
import { t } from "../../lib/i18n/t.ts";
import { withKey } from "../../lib/keys/with_key.ts";
import { isToldOfCall } from "../../lib/store/told_of_call.ts";
import type { Incoming } from "../../lib/store/voice.ts";
import { readVoiceChoices } from "../../lib/voice/choices.ts";
import { endAfter, startRinging } from "../../lib/voice/ring_tone.ts";
import { Avatar } from "../Avatar.tsx";
import { useChat } from "./chat_context.ts";
import { Icon } from "../Icon.tsx";

/**
 * Calls that ring here; in a muted conversation without a sound. Inside a dialog it makes no sound
 * of its own: the one behind it does.
 */
export default function RingPanel({ inDialog }: { inDialog: boolean }) {
  const state = useChat();
  const rings = state.voice.rings.value;
  const isQuiet = inDialog || state.self.value.presence === "dnd" ||
    !rings.some((ring) => isToldOfCall(state, ring));
  useEffect(() => {
    const { ringSound, output } = readVoiceChoices();
    return isQuiet || !ringSound ? undefined : startRinging(output);
  }, [isQuiet]);
  return (
    <section class={inDialog ? "rings in-dialog" : "rings"} aria-label={t("ring.panel")}>
      {rings.map((ring) => <Ring key={ring.room_id} ring={ring} />)}
    </section>
  );
}

function Ring({ ring }: { ring: Incoming }) {
  const state = useChat();
  const { by, room_id } = ring;
  useEffect(() => {
    // The server says when it is over; where it cannot be heard, it is over by itself.
    return endAfter(ring.leftMs, () => state.voice.ringOver(ring));
  }, [ring]);
  const dm = state.dms.value.find((each) => each.room_id === room_id);
  const name = nameOf(by);
  const text = dm?.kind === "group"
    ? t("ring.callsIn", { name: dmName(dm, state.self.value.user.id) })
    : t("ring.calls");
  return (
    <div class="ring">
      <Avatar id={by.id} name={name} uri={by.avatar} size="m" />
      <p class="grow clip" role="alert">
        <span class="strong block clip">{name}</span>
        <span class="small muted block clip">{text}</span>
      </p>
      <button
        type="button"
        class="ring-act decline"
        title={withKey(state, t("ring.decline"), "callDecline")}
        aria-label={t("ring.declineFrom", { name })}
        onClick={() => declineCall(state, ring)}
      >
        <Icon name="hang_up" />
      </button>
      <button
        type="button"
        class="ring-act accept"
        title={withKey(state, t("ring.accept"), "callHere")}
        aria-label={t("ring.acceptFrom", { name })}
        onClick={() => acceptCall(state, ring)}
      >
        <Icon name="phone" />
      </button>
    </div>
  );
}
