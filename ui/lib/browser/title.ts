import { effect } from "@preact/signals";
import { dmName } from "../format/dm_name.ts";
import { nameOf } from "../format/names.ts";
import { t } from "../i18n/t.ts";
import type { ChatState } from "../store/chat.ts";
import { allShown } from "../store/attention.ts";
import { channelOf, dmOf, guildOf } from "../store/place.ts";
import { afterFrame } from "./after_frame.ts";

/** Keeps the title of the tab; a browser takes a millisecond to change it. Returns what ends it. */
export function followTitle(state: ChatState): () => void {
  return effect(() => {
    const title = titleOf(state);
    afterFrame(() => {
      if (document.title !== title) document.title = title;
    });
  });
}

/** Who calls; else how many mentions wait, or that there is news; then where one is. */
function titleOf(state: ChatState): string {
  const [ring] = state.voice.rings.value;
  if (ring) return `${t("ring.title", { name: nameOf(ring.by) })} · ${state.server.name}`;
  const { mentions, unread } = allShown(state);
  const place = state.place.value;
  const channel = channelOf(state.known, place);
  const dm = dmOf(state.known, place);
  const guild = guildOf(state.known, place);
  const where = channel
    ? `#${channel.name}`
    : dm
    ? dmName(dm, state.self.value.user.id)
    : guild?.name ?? t("home.title");
  const count = mentions > 0 ? `(${mentions}) ` : unread > 0 ? "• " : "";
  const tail = channel && guild ? guild.name : state.server.name;
  return `${count}${where} · ${tail}`;
}
