import type { ShareResult } from "../../../core/e2ee/engine/types.ts";
import { callApi, reasonOf } from "../browser/browser_api.ts";
import { setDm } from "../store/conversations.ts";
import { privacyOf } from "../browser/privacy.ts";
import { showToast } from "../browser/toast.ts";
import { isGroup } from "../format/dm_name.ts";
import { nameOf } from "../format/names.ts";
import { t } from "../i18n/t.ts";
import type { ChatState } from "../store/chat.ts";
import { channelOf } from "../store/place.ts";
import { DAY_MS } from "./history_line.ts";

/** How many days back somebody may share at once. */
export const SHARE_DAYS = [1, 7, 30] as const;

/** A conversation whose past can be given to those who come later. */
export interface SharePlace {
  readonly roomId: string;
  readonly channelId: string;
  /** Its owner, who has to let newcomers fetch the sealed messages first. */
  readonly opener: string | null | undefined;
}

/** The encrypted conversation of several in front of the viewer, if it is one. */
export function sharePlace(state: ChatState): SharePlace | undefined {
  const place = state.place.value;
  if (place.kind === "dm") return groupPlace(state, place.roomId);
  if (place.kind !== "channel") return undefined;
  const channel = channelOf(state.known, place);
  if (!channel?.encrypted) return undefined;
  return { roomId: place.roomId, channelId: place.channelId, opener: undefined };
}

/** The same of a conversation of several, by its room. */
export function groupPlace(state: ChatState, roomId: string): SharePlace | undefined {
  const group = state.dms.value.filter(isGroup).find((each) => each.room_id === roomId);
  if (!group?.encrypted) return undefined;
  const opener = group.history === "shared" ? undefined : group.owner;
  return { roomId, channelId: group.channel_id, opener };
}

/** Whether the viewer may share there, or its owner has to come first. */
export function mayShare(state: ChatState, { opener }: SharePlace): boolean {
  return opener === undefined || opener === state.self.value.user.id;
}

/**
 * Shares the last days with these people, and says how it went with each. Never throws: the dialog
 * that asked for it may be closed by now.
 */
export async function shareHistory(
  state: ChatState,
  place: SharePlace,
  share: { readonly userIds: readonly string[]; readonly days: number },
): Promise<void> {
  // One toast, the last one: of many that follow each other only the newest stay.
  const failed: string[] = [];
  try {
    const engine = await openPast(state, place);
    const { roomId, channelId } = place;
    for (const to of share.userIds) {
      const name = nameOf(state.userOf(to));
      try {
        const spanMs = share.days * DAY_MS;
        const given = await engine.ask("shareHistory", roomId, { channelId, to, spanMs });
        showToast(state, resultText(name, given, share.days));
      } catch (error) {
        failed.push(`${name}: ${reasonOf(error)}`);
      }
    }
  } catch (error) {
    failed.push(reasonOf(error));
  }
  if (failed.length > 0) showToast(state, failed.join(" "), true);
}

/** Lets newcomers fetch the sealed messages. Answers what gives them the keys. */
async function openPast(state: ChatState, { roomId, opener }: SharePlace) {
  if (opener !== undefined) {
    const params = { room_id: roomId };
    setDm(state, await callApi("updateGroupDm", { params, body: { history: "shared" } }));
  }
  return (await privacyOf(state)).engine;
}

function resultText(name: string, given: ShareResult, n: number): string {
  if (given.kind === "shared") return t("pastShare.done", { name, n });
  return given.kind === "waiting" ? t("pastShare.waiting", { name }) : t("pastShare.empty");
}
