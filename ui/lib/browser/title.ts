import { dmName } from "../format/dm_name.ts";
import { nameOf } from "../format/names.ts";
import { t } from "../i18n/t.ts";
import type { ChatState } from "../store/chat.ts";
import { allShown } from "../store/attention.ts";
import { channelOf, dmOf, guildOf } from "../store/place.ts";

/** Title of the tab: who calls; else how many mentions wait, or that there is news; then where one is. */
export function showTitle(state: ChatState): void {
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
  const [ring] = state.voice.rings.value;
  if (ring) {
    document.title = `${t("ring.title", { name: nameOf(ring.by) })} · ${state.server.name}`;
    return;
  }
  document.title = `${count}${where} · ${tail}`;
}
