import type { Dm, PairDm } from "../../../core/api/gateway.ts";
import type { ChatState } from "../store/chat.ts";
import { dropDm, setDm } from "../store/conversations.ts";
import { dmName } from "../format/dm_name.ts";
import { t } from "../i18n/t.ts";
import { callApi, reasonOf } from "./browser_api.ts";
import { openPlace } from "./history.ts";
import { showToast } from "./toast.ts";

/** Puts a conversation out of the list, until something is said in it. */
export async function closeDm(state: ChatState, dm: Dm): Promise<void> {
  try {
    await callApi("closeDm", { params: { room_id: dm.room_id } });
    goAway(state, dm);
    showToast(state, t("dm.closed", { name: dmName(dm, state.self.value.user.id) }));
  } catch (error) {
    showToast(state, reasonOf(error), true);
  }
}

/** Leaves for good, unless it is opened or accepted again. Throws what the server says. */
export async function leaveDm(state: ChatState, dm: PairDm): Promise<void> {
  await callApi("leaveDm", { params: { room_id: dm.room_id } });
  state.overlay.value = null;
  goAway(state, dm);
}

/** Turns a request down: it goes at once, and comes back only where the server refuses that. */
export async function declineDm(state: ChatState, dm: PairDm): Promise<void> {
  goAway(state, dm);
  try {
    await callApi("declineInvitation", { params: { room_id: dm.room_id } });
  } catch (error) {
    setDm(state, dm);
    showToast(state, reasonOf(error), true);
  }
}

/** Asks the other one again who has left. */
export async function askBack(state: ChatState, dm: PairDm): Promise<void> {
  try {
    const asked = await callApi("openDm", { body: { user_id: dm.user.id } });
    state.dms.value = state.dms.value.map((each) => each.room_id === dm.room_id ? asked : each);
  } catch (error) {
    showToast(state, reasonOf(error), true);
  }
}

function goAway(state: ChatState, dm: Dm): void {
  const place = state.place.value;
  if (place.kind === "dm" && place.roomId === dm.room_id) {
    openPlace(state, { kind: "home" }, "replace");
  }
  dropDm(state, dm.room_id);
}
