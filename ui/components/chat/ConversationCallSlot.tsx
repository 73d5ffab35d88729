import type { Dm } from "../../../core/api/gateway.ts";
import { callIn, hasCalls, isInCall, peopleInCall } from "../../lib/browser/conversation_call.ts";
import { useLazy } from "../../lib/browser/use_lazy.ts";
import { t } from "../../lib/i18n/t.ts";
import { withKey } from "../../lib/keys/with_key.ts";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";

/** The call of a conversation and what was missed, above what is written. Its script comes with the first. */
export function ConversationCallSlot({ dm }: { dm: Dm }) {
  const state = useChat();
  const wanted = peopleInCall(state, dm).length > 0 || isInCall(state, dm) ||
    state.voice.missedIn(dm) !== undefined;
  const Part = useLazy(wanted, () => import("./ConversationCall.tsx"));
  return Part && wanted ? <Part dm={dm} /> : null;
}

/** Starts a call in a conversation, or joins the one that is there. */
export function CallButton({ dm }: { dm: Dm }) {
  const state = useChat();
  if (!hasCalls(state, dm)) return null;
  const isHere = isInCall(state, dm);
  const label = isHere
    ? t("call.here")
    : peopleInCall(state, dm).length > 0
    ? t("call.join")
    : t("ring.start");
  return (
    <button
      type="button"
      class="icon-button"
      title={withKey(state, label, "callHere")}
      aria-label={label}
      aria-disabled={isHere ? "true" : undefined}
      onClick={() => callIn(state, dm)}
    >
      <Icon name="phone" />
    </button>
  );
}
