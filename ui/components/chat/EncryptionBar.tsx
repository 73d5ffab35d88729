import type { RoomReason, RoomState } from "../../../core/e2ee/engine/types.ts";
import { nameOf, serverOf } from "../../lib/format/names.ts";
import { t } from "../../lib/i18n/t.ts";
import type { ChatState } from "../../lib/store/chat.ts";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";
import HealthLine from "./encryption/HealthLine.tsx";
import TrustNotices from "./encryption/TrustNotices.tsx";
import { usePrivacy } from "./use_privacy.ts";

const SETTINGS = "/settings/encryption";

/** `TrustNotices` says the others, with what can be done about them. */
type SaidHere = Exclude<RoomReason, "identity_changed" | "device_not_ready">;

/** The reason that matters most, and the one act that helps. */
const ACTS: Readonly<Record<SaidHere, "look" | "retry" | "none">> = {
  unexpected_member: "look",
  too_many_rejoins: "retry",
  order_disputed: "none",
  sequencer_unreachable: "retry",
  removal_pending: "none",
  waiting_for_devices: "none",
};

/** How an encrypted conversation stands where that is not as it should be; else nothing. */
export default function EncryptionBar(props: { roomId: string; name: string }) {
  const dm = useChat().dms.value.find((each) => each.room_id === props.roomId);
  return (
    <>
      <Standing {...props} />
      <HealthLine key={`h-${props.roomId}`} roomId={props.roomId} />
      <TrustNotices
        key={props.roomId}
        roomId={props.roomId}
        userId={dm?.kind === "pair" ? dm.user.id : undefined}
      />
    </>
  );
}

function Standing(props: { roomId: string; name: string }) {
  const state = useChat();
  const privacy = usePrivacy();
  const { roomId } = props;
  if (!privacy) return null;
  if (privacy.lack.value) return <Line text={t(`sealed.lack.${privacy.lack.value}`)} warning />;
  const room = privacy.rooms.value.get(roomId);
  if (!room) return null;
  const reason = (Object.keys(ACTS) as SaidHere[]).find((each) => room.reasons.includes(each));
  if (reason === undefined) {
    return room.phase === "starting" || room.phase === "reconnecting"
      ? <Line text={t(`sealed.bar.${room.phase}`)} />
      : null;
  }
  const gone = reason === "waiting_for_devices" ? goneFrom(state, roomId) : undefined;
  // That they have left is said beside it, with what can be done.
  if (gone === "left") return null;
  const name = nameOf(state.userOf(room.users[0] ?? ""));
  const text = t(gone ? "sealed.bar.waiting_for_answer" : `sealed.bar.${reason}`, {
    name: room.users.length > 0 ? name : props.name,
    server: serverIn(room),
  });
  const act = ACTS[reason];
  return (
    <Line text={text} warning={act === "look"}>
      {act === "look" && <a class="button small" href={SETTINGS}>{t("sealed.bar.look")}</a>}
      {act === "retry" && (
        <button
          type="button"
          class="button small"
          onClick={() => void privacy.sync(roomId)}
        >
          {t("sealed.again")}
        </button>
      )}
    </Line>
  );
}

/** How the other one of a conversation of two is not there, if that is so. */
function goneFrom(state: ChatState, roomId: string): "left" | "waiting" | undefined {
  const dm = state.dms.value.find((each) => each.room_id === roomId);
  return dm?.kind === "pair" && (dm.state === "left" || dm.state === "waiting")
    ? dm.state
    : undefined;
}

function serverIn(room: RoomState): string {
  return room.server ?? serverOf(room.users[0] ?? "");
}

function Line(props: { text: string; warning?: boolean; children?: preact.ComponentChildren }) {
  return (
    <div class="guild-notice row-tight wrap" role="status">
      <Icon name={props.warning ? "warning" : "lock"} small />
      <span class="grow">{props.text}</span>
      {props.children}
    </div>
  );
}
