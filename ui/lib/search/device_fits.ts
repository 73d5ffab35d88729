import type { SearchQuery } from "../../../core/search/query.ts";
import { wordsOf } from "../../../core/search/words.ts";
import { isCalled } from "./device_names.ts";
import type { DeviceHit } from "./device_room.ts";
import type { DeviceRoom } from "./subject.ts";

/** What a device's index knows nothing of: it holds words, authors and times. */
export function isForDevice(query: SearchQuery): boolean {
  return query.has.length === 0 && query.mentions.length === 0 &&
    query.words.length + query.phrases.length > 0;
}

/** The rooms of a question, by the rules of the server: exact names, else beginnings. */
export function roomsFor(rooms: readonly DeviceRoom[], query: SearchQuery): readonly DeviceRoom[] {
  if (query.in.length === 0) return rooms;
  const names = rooms.map((room) => room.name.toLowerCase());
  return rooms.filter((room) =>
    query.in.some((raw) => {
      if (raw === room.roomId) return true;
      const wanted = raw.replace(/^#/, "").toLowerCase();
      const name = room.name.toLowerCase();
      return names.includes(wanted) ? name === wanted : name.startsWith(wanted);
    })
  );
}

/** Whether what a device found by its words fits the rest of the question. */
export function fitsQuery(
  hit: DeviceHit,
  query: SearchQuery,
  { selfId, name }: { readonly selfId: string; readonly name: string },
): boolean {
  if (query.sinceTs !== undefined && hit.ts < query.sinceTs) return false;
  if (query.untilTs !== undefined && hit.ts >= query.untilTs) return false;
  if (query.phrases.length > 0) {
    const held = ` ${wordsOf(hit.text).join(" ")} `;
    if (!query.phrases.every((phrase) => held.includes(` ${wordsOf(phrase).join(" ")} `))) {
      return false;
    }
  }
  if (query.from.length === 0) return true;
  return query.from.some((raw) => isCalled(raw, { id: hit.sender, name }, selfId));
}
