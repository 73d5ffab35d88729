import type { Dm, GroupDm, PairDm } from "../../../core/api/gateway.ts";
import type { User } from "../../../core/api/user.ts";
import { t } from "../i18n/t.ts";
import { nameOf } from "./names.ts";

/** Of more, the first are named and the rest is counted. */
const NAMED = 4;

/** Everybody in a conversation but the viewer, invited ones too. */
export function othersIn(dm: Dm, selfId: string): User[] {
  return dm.kind === "pair"
    ? [dm.user]
    : dm.people.map(({ user }) => user).filter((user) => user.id !== selfId);
}

/** What a conversation is called: the other one, its name, or its people. */
export function dmName(dm: Dm, selfId: string): string {
  if (dm.kind === "pair") return nameOf(dm.user);
  if (dm.name !== null) return dm.name;
  const names = othersIn(dm, selfId).map(nameOf);
  if (names.length === 0) return t("group.alone");
  const shown = names.slice(0, NAMED).join(", ");
  const more = names.length - NAMED;
  return more > 0 ? t("group.andMore", { names: shown, n: more }) : shown;
}

export function isGroup(dm: Dm | undefined): dm is GroupDm {
  return dm?.kind === "group";
}

/** The conversation of two with somebody, where there is one. */
export function pairWith(dms: readonly Dm[], userId: string): PairDm | undefined {
  return dms.find((dm): dm is PairDm => dm.kind === "pair" && dm.user.id === userId);
}

/** The same conversation, with what somebody looks like now. */
export function withUser(dm: Dm, user: User): Dm {
  if (dm.kind === "pair") return dm.user.id === user.id ? { ...dm, user } : dm;
  if (!dm.people.some((person) => person.user.id === user.id)) return dm;
  return {
    ...dm,
    people: dm.people.map((person) => person.user.id === user.id ? { ...person, user } : person),
  };
}
