import type { ChatState, MemberList } from "../store/chat.ts";
import { pairWith } from "../format/dm_name.ts";
import { ApiError } from "../api/request.ts";
import { callApi, reasonOf } from "./browser_api.ts";
import { encryptByItself } from "./encrypt_by_itself.ts";
import { openPlace } from "./history.ts";
import { showToast } from "./toast.ts";

const MEMBER_ROWS = 200;

/** First page of a guild's members, once per visit of the guild. */
export async function loadMembers(state: ChatState, guildId: string): Promise<void> {
  if (state.members.value.has(guildId)) return;
  try {
    const list = await callApi("listMembers", {
      params: { guild_id: guildId },
      query: { limit: MEMBER_ROWS },
    });
    state.setMembers(guildId, list);
  } catch (error) {
    // The bar above the messages says already that the server is away.
    if (error instanceof ApiError && error.code === "offline") return;
    showToast(state, reasonOf(error), true);
  }
}

/** How long a page that could not be loaded is not asked for again. */
const REST_MS = 5000;
/** Guilds whose next page is on its way, or has just failed. */
const paging = new Set<string>();

/** The next page of members, one at a time. */
export async function loadMoreMembers(state: ChatState, guildId: string): Promise<void> {
  const after = state.members.value.get(guildId)?.next;
  if (!after || paging.has(guildId)) return;
  paging.add(guildId);
  try {
    const list = await callApi("listMembers", {
      params: { guild_id: guildId },
      query: { limit: MEMBER_ROWS, after },
    });
    paging.delete(guildId);
    addMembers(state, guildId, list);
  } catch (error) {
    showToast(state, reasonOf(error), true);
    setTimeout(() => paging.delete(guildId), REST_MS);
  }
}

function addMembers(state: ChatState, guildId: string, list: MemberList): void {
  const held = state.members.value.get(guildId);
  if (!held) return;
  const known = new Set(held.members.map((member) => member.user.id));
  state.setMembers(guildId, {
    ...list,
    members: [...held.members, ...list.members.filter((member) => !known.has(member.user.id))],
  });
}

/** Opens the conversation with somebody. */
export async function openDm(state: ChatState, userId: string): Promise<void> {
  const held = pairWith(state.dms.value, userId);
  const dm = held ?? await callApi("openDm", { body: { user_id: userId } });
  if (!held) {
    state.dms.value = [dm, ...state.dms.value.filter((entry) => entry.room_id !== dm.room_id)];
  }
  state.overlay.value = null;
  openPlace(state, { kind: "dm", roomId: dm.room_id, channelId: "main", focus: null });
}

/** Lets a stranger's conversation begin, encrypted from the first answer on where both can. */
export async function acceptDm(state: ChatState, roomId: string): Promise<void> {
  try {
    await callApi("joinPrivateChannel", { params: { room_id: roomId } });
    state.dms.value = state.dms.value.map((dm) =>
      dm.kind === "pair" && dm.room_id === roomId
        ? { ...dm, state: "joined", may_encrypt: true }
        : dm
    );
    openPlace(state, { kind: "dm", roomId, channelId: "main", focus: null }, "none");
    void encryptByItself(state, roomId, { accepted: true });
  } catch (error) {
    showToast(state, reasonOf(error), true);
  }
}
