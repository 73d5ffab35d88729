/** What scripted callers do and are told when calls ring. */
import type { RungPerson } from "../../core/api/ringing.ts";
import { type Caller, voicePath, type VoiceRoom } from "./callers.ts";
import type { Person } from "./homeserver.ts";

export const ring = (who: Caller, at: VoiceRoom) => who.person.do("POST", `${voicePath(at)}/ring`);
export const decline = (who: Caller, at: VoiceRoom) =>
  who.person.do("DELETE", `${voicePath(at)}/ring`);

/** Calls, and rings the others. */
export async function call(who: Caller, at: VoiceRoom, options: Record<string, unknown> = {}) {
  await who.join(at, options);
  await ring(who, at);
}

export const rung = (who: Caller, at: VoiceRoom) =>
  who.hears("voice.ring", ({ room_id }) => room_id === at.room_id);

export async function ended(who: Caller, at: VoiceRoom): Promise<string> {
  const told = await who.hears("voice.ring_ended", ({ room_id }) => room_id === at.room_id);
  return told.reason;
}

/** How it stands with those who were rung, as who is in the call is told. */
export const sees = (who: Caller, ...wanted: [Caller, string][]) =>
  who.hears(
    "voice.ringing",
    ({ session, people }) =>
      session === who.session &&
      told(people.map(({ user_id, state }: RungPerson) => [user_id, state])) ===
        told(wanted.map(([{ id }, state]) => [id, state])),
  );

const told = (people: readonly (readonly [string, string])[]) => JSON.stringify([...people].sort());

/** Missed calls as a device finds them that comes now. */
export async function missedBy({ person }: { readonly person: Person }) {
  const { snapshot } = await person.do("GET", "/sync");
  return (snapshot.missed_calls as { by: { id: string }; count: number }[])
    .map(({ by, count }) => ({ by: by.id, count }));
}
