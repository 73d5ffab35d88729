import { useEffect, useRef, useState } from "preact/hooks";
import type { ComponentType } from "preact";
import { fetchPart, useLazy } from "../../lib/browser/use_lazy.ts";
import { t } from "../../lib/i18n/t.ts";
import type { Overlay } from "../../lib/store/chat.ts";
import { Logo } from "../Logo.tsx";
import { Modal } from "../Modal.tsx";
import { useChat } from "./chat_context.ts";
import { NewerVersion } from "./ConnectionBar.tsx";

type Kind = Overlay["kind"];
type Loaded = ComponentType<{
  overlay: Overlay;
  /** What was typed before the script was here. */
  typed: string;
}>;

/** Each dialog is a script of its own, fetched when it is first opened. */
const LOADERS: { readonly [K in Kind]: () => Promise<{ default: unknown }> } = {
  encrypt: () => import("./overlays/BeginEncryption.tsx"),
  roomHealth: () => import("./overlays/RoomHealth.tsx"),
  channelPeople: () => import("./overlays/ChannelPeople.tsx"),
  createGuild: () => import("./overlays/CreateGuild.tsx"),
  createChannel: () => import("./overlays/CreateChannel.tsx"),
  invite: () => import("./overlays/InvitePeople.tsx"),
  welcome: () => import("./overlays/Welcome.tsx"),
  leaveGuild: () => import("./overlays/LeaveGuild.tsx"),
  notify: () => import("./overlays/Notify.tsx"),
  friends: () => import("./overlays/Friends.tsx"),
  leaveDm: () => import("./overlays/LeaveDm.tsx"),
  addPeople: () => import("./overlays/AddPeople.tsx"),
  groupAct: () => import("./overlays/GroupAct.tsx"),
  groupLook: () => import("./overlays/GroupLook.tsx"),
  startDm: () => import("./overlays/StartDm.tsx"),
  profile: () => import("./overlays/ProfileCard.tsx"),
  moderate: () => import("./overlays/Moderate.tsx"),
  deleteMessage: () => import("./overlays/DeleteMessage.tsx"),
  report: () => import("./overlays/ReportMessage.tsx"),
  forward: () => import("./overlays/ForwardMessage.tsx"),
  deleteSelected: () => import("./overlays/DeleteSelected.tsx"),
  jumpToDate: () => import("./overlays/JumpToDate.tsx"),
  reactors: () => import("./overlays/Reactors.tsx"),
  createPoll: () => import("./overlays/CreatePoll.tsx"),
  voters: () => import("./overlays/Voters.tsx"),
  endPoll: () => import("./overlays/EndPoll.tsx"),
  picture: () => import("./overlays/PictureView.tsx"),
  history: () => import("./overlays/EditHistory.tsx"),
  pins: () => import("./overlays/Pins.tsx"),
  threads: () => import("./overlays/Threads.tsx"),
  nameThread: () => import("./overlays/NameThread.tsx"),
  inbox: () => import("./overlays/Inbox.tsx"),
  switcher: () => import("./overlays/Switcher.tsx"),
  whereItIs: () => import("./overlays/WhereItIs.tsx"),
  topic: () => import("./overlays/Topic.tsx"),
  keys: () => import("./overlays/Keys.tsx"),
  call: () => import("../voice/CallDetails.tsx"),
  callPerson: () => import("../voice/CallPerson.tsx"),
};

/** The menu of a row in the lists; its script is fetched when it is first opened. */
export function PlaceMenus() {
  const menu = useChat().placeMenu.value;
  const PlaceMenu = useLazy(menu !== null, () => import("./PlaceMenu.tsx"));
  return PlaceMenu && menu && <PlaceMenu menu={menu} />;
}

/** Who compares keys with whom; its script comes once encryption runs here. */
export function VerificationDesk() {
  const open = useChat().privacyOpen.value;
  const Desk = useLazy(open, () => import("./encryption/EncryptionDesk.tsx"));
  return Desk ? <Desk /> : null;
}

/**
 * Stands for a dialog whose script is under way, and has the keyboard already: what is typed next
 * belongs to the dialog, not to the message behind it. Seen only where that takes long.
 */
function Coming() {
  const state = useChat();
  return (
    <Modal title={t("loading")} plain coming onClose={() => state.overlay.value = null}>
      <ComingLine />
    </Modal>
  );
}

/** The same with the switcher's field, where it will be. */
function ComingSwitcher({ onType }: { onType: (text: string) => void }) {
  const state = useChat();
  return (
    <Modal title={t("switcher.title")} plain coming onClose={() => state.overlay.value = null}>
      <div class="switcher">
        <input
          class="input"
          type="text"
          aria-label={t("switcher.title")}
          placeholder={t("switcher.placeholder")}
          autocomplete="off"
          spellcheck={false}
          autofocus
          onInput={(event) => onType(event.currentTarget.value)}
        />
        <ComingLine />
      </div>
    </Modal>
  );
}

function ComingLine() {
  const state = useChat();
  const lost = state.connection.value === "reconnecting";
  return (
    <p class="row" role="status">
      {state.updateReady.value && !lost ? <NewerVersion /> : (
        <>
          <Logo turning />
          {t(lost ? "connection.lost" : "loading")}
        </>
      )}
    </p>
  );
}

export function Overlays() {
  const state = useChat();
  const overlay = state.overlay.value;
  const typed = useRef("");
  const [loaded, setLoaded] = useState<{ kind: Kind; part: Loaded } | undefined>(undefined);
  useEffect(() => {
    if (!overlay || loaded?.kind === overlay.kind) return;
    return fetchPart(
      LOADERS[overlay.kind],
      (part) => setLoaded({ kind: overlay.kind, part: part as Loaded }),
    );
  }, [overlay?.kind]);
  useEffect(() => {
    if (!overlay || loaded?.kind === overlay.kind) typed.current = "";
  });
  if (!overlay) return null;
  if (loaded?.kind !== overlay.kind) {
    return overlay.kind === "switcher"
      ? <ComingSwitcher onType={(text) => typed.current = text} />
      : <Coming />;
  }
  const Part = loaded.part;
  return <Part key={overlay.kind} overlay={overlay} typed={typed.current} />;
}
