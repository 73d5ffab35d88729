import { effect } from "@preact/signals";
import { thumbnailUrl } from "../format/media_url.ts";
import { nameOf } from "../format/names.ts";
import { dmPath } from "../format/paths.ts";
import { t } from "../i18n/t.ts";
import { isToldOfCall } from "../store/told_of_call.ts";
import type { ChatState } from "../store/chat.ts";
import type { Incoming } from "../store/voice.ts";
import { followPath } from "./history.ts";

const ICON_PIXELS = 96;

/**
 * Says beside the page who calls, while nobody looks at it, and takes it back when it rings no
 * more. `isWanted`: as the account has chosen. Returns the end of it.
 */
export function notifyOfRings(state: ChatState, isWanted: () => boolean): () => void {
  const shown = new Map<string, Notification>();
  const end = effect(() => {
    const rings = state.voice.rings.value;
    for (const [roomId, note] of shown) {
      if (rings.some(({ room_id }) => room_id === roomId)) continue;
      note.close();
      shown.delete(roomId);
    }
    const isQuiet = state.self.peek().presence === "dnd" || !isWanted();
    for (const ring of isQuiet ? [] : rings) {
      if (!isToldOfCall(state, ring)) continue;
      if (!shown.has(ring.room_id)) shown.set(ring.room_id, show(state, ring));
    }
  });
  return () => {
    end();
    for (const note of shown.values()) note.close();
  };
}

/** The same call shown by two tabs is one notification: they have the same tag. */
function show(state: ChatState, { room_id, by }: Incoming): Notification {
  const shown = new Notification(t("ring.title", { name: nameOf(by) }), {
    tag: `ring ${room_id}`,
    requireInteraction: true,
    ...(by.avatar === null ? {} : { icon: thumbnailUrl(by.avatar, ICON_PIXELS) }),
  });
  shown.onclick = () => {
    globalThis.focus();
    followPath(state, dmPath(room_id));
  };
  return shown;
}
