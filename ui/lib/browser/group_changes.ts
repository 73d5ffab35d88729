import type { GroupChange } from "../../../core/api/group_dms.ts";
import { nameOf } from "../format/names.ts";
import { t } from "../i18n/t.ts";
import type { ChatState } from "../store/chat.ts";
import type { ChangeLine } from "../store/rows.ts";
import { callApi } from "./browser_api.ts";

const ICONS = {
  invited: "people",
  added: "people",
  joined: "people",
  left: "leave",
  removed: "leave",
  owner: "crown",
  renamed: "edit",
  pictured: "image",
} as const;

/** Which request of a conversation was the last: an earlier one that answers late says less. */
const asked = new Map<string, number>();

/**
 * Fetches the lines between what was said in a conversation of several. What is new in the one that
 * is open is read out; nothing becomes unread by it. Where it cannot be had, the next change asks.
 */
export async function loadChanges(state: ChatState, roomId: string): Promise<void> {
  const turn = (asked.get(roomId) ?? 0) + 1;
  asked.set(roomId, turn);
  const answer = await callApi("listGroupChanges", { params: { room_id: roomId } })
    .catch(() => undefined);
  if (answer === undefined || asked.get(roomId) !== turn) return;
  const known = state.changes.value.get(roomId);
  const lines = answer.changes.map(lineOf);
  state.changes.value = new Map(state.changes.value).set(roomId, lines);
  const place = state.place.value;
  if (known === undefined || place.kind !== "dm" || place.roomId !== roomId) return;
  const before = new Set(known.map(({ id }) => id));
  for (const { id, text } of lines) if (!before.has(id)) state.announcer?.add(text);
}

function lineOf({ id, ts, kind, by, user, name }: GroupChange): ChangeLine {
  const told = kind === "renamed" && name === null ? "unnamed" : kind;
  const text = t(`group.told.${told}`, {
    by: nameOf(by),
    name: user === null ? "" : nameOf(user),
    title: name ?? "",
  });
  // One event may bring two lines.
  return { id: `${kind}${id}`, ts, icon: ICONS[kind], text };
}
