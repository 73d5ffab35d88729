import type { Dm } from "../../../core/api/gateway.ts";
import type { RoomKind } from "../../../core/e2ee/engine/types.ts";
import { type Encryptable, facts } from "../store/encryptable.ts";
import type { RemoteEngine } from "./remote_engine.ts";
import type { Lack } from "./support.ts";

/** Whether encryption of a conversation can begin now, or what is missing. */
export type Readiness =
  /** `without`: people of a group who have no device yet; they read what is said once they have. */
  | { readonly kind: "ready"; readonly without: readonly string[] }
  | { readonly kind: "lack"; readonly lack: Lack }
  /** Only who has joined a conversation of two, or owns any other place, can begin its encryption. */
  | { readonly kind: "not_yours" }
  /** The account's identity is on another device, which has not approved this one. */
  | { readonly kind: "unapproved" }
  /** The other one has no device that messages could be encrypted for. */
  | { readonly kind: "no_device" };

/** A name of this browser for the list of devices, as people call it. */
export function deviceName(agent: string): string {
  const [, browser] = [
    ["Edg/", "Edge"],
    ["Firefox/", "Firefox"],
    ["Chrome/", "Chrome"],
    ["Safari/", "Safari"],
  ].find(([mark = ""]) => agent.includes(mark)) ?? [];
  const [, system] = [
    ["Android", "Android"],
    ["iPhone", "iPhone"],
    ["iPad", "iPad"],
    ["Windows", "Windows"],
    ["Mac OS", "Mac"],
    ["CrOS", "Chromebook"],
    ["Linux", "Linux"],
  ].find(([mark = ""]) => agent.includes(mark)) ?? [];
  return [browser, system].filter(Boolean).join(", ") || "OpenGuild";
}

/**
 * A conversation of two belongs to them and to nobody else, for good; into one of several people
 * come and go, as into a channel.
 */
export function dmKind(selfId: string, dm: Dm): RoomKind {
  return dm.kind === "pair" ? { kind: "dm", users: [selfId, dm.user.id] } : { kind: "channel" };
}

export function kindOf(selfId: string, target: Encryptable): RoomKind {
  return target.kind === "dm" ? dmKind(selfId, target.dm) : { kind: "channel" };
}

/** Makes this browser a device of the account, where that can be done without asking. */
export async function makeDevice(engine: RemoteEngine): Promise<boolean> {
  const state = engine.state()?.phase === "ready"
    ? engine.state()
    : await engine.ask("setUp", { name: deviceName(navigator.userAgent) });
  return state?.phase === "ready";
}

/** @throws CallRefused, ServerUnreachable by name, where nothing is known */
export async function findReadiness(
  engine: RemoteEngine,
  target: Encryptable,
  selfId: string,
): Promise<Readiness> {
  if (!facts(target).may_encrypt) return { kind: "not_yours" };
  if (!await makeDevice(engine)) return { kind: "unapproved" };
  // Of a channel's people each one reads from when they have a device on.
  if (target.kind === "channel") return { kind: "ready", without: [] };
  const others = othersHere(target.dm, selfId);
  const known = await Promise.all(others.map((userId) => engine.ask("devices", userId)));
  const without = others.filter((_, at) => !known[at]?.devices.some((device) => device.certified));
  return without.length === others.length ? { kind: "no_device" } : { kind: "ready", without };
}

/** Whose devices the conversation is to be encrypted for, beside one's own. */
export function othersHere(dm: Dm, selfId: string): string[] {
  const others = dm.kind === "pair"
    ? [dm.user]
    : dm.people.filter(({ state }) => state === "joined").map(({ user }) => user);
  return others.map(({ id }) => id).filter((id) => id !== selfId);
}
