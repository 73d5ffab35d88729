import { parseUserId, type UserId } from "../ids/user_id.ts";
import type { StateAddress } from "../state/state_map.ts";
import type { JudgedControl } from "./judged.ts";

/** Types whose event acts on the user its state key names. */
const ON_TARGET: ReadonlySet<string> = new Set([
  "m.room.member",
  "m.guild.member_roles",
  "m.room.timeout",
  "m.member.stay",
]);

/**
 * The addresses at which an event's authority lies: it cites exactly what the state before it
 * holds there. Depends on the event alone. PROTOCOL.md 4.
 */
export function authTypes(
  event: Pick<JudgedControl, "type" | "sender" | "state_key" | "content">,
): readonly StateAddress[] {
  const { type, sender, state_key: stateKey } = event;
  if (type === "m.room.create") return [];
  if (type === "m.guild.owner") return [["m.guild.owner", ""], ["m.room.member", sender]];
  const addresses = new AddressSet();
  if (stateKey !== undefined) addresses.add(type, stateKey);
  addresses.add("m.guild.owner", "");
  addresses.add("m.guild.roles", "");
  addresses.addUser(sender);
  const target = targetOf(event);
  if (target !== undefined) addresses.addUser(target);
  if (type === "m.room.member") addMembership(addresses, event.content);
  if (type === "m.channel.meta" && stateKey !== undefined) {
    addresses.add("m.channel.policy", stateKey);
  }
  return addresses.list;
}

/** The user an event acts upon, where its rule depends on that user. */
function targetOf(
  { type, sender, state_key: stateKey, content }: Pick<
    JudgedControl,
    "type" | "sender" | "state_key" | "content"
  >,
): UserId | undefined {
  if (ON_TARGET.has(type)) return asUser(stateKey);
  if (type === "m.member.profile") return stateKey === sender ? undefined : asUser(stateKey);
  return type === "m.purge" ? asUser(content["user"]) : undefined;
}

function addMembership(addresses: AddressSet, content: JudgedControl["content"]): void {
  const membership = content["membership"];
  if (membership === "join" || membership === "invite" || membership === "knock") {
    addresses.add("m.room.join_rules", "");
  }
  const via = membership === "join" ? asUser(content["authorised_via"]) : undefined;
  if (via !== undefined) addresses.addUser(via);
}

function asUser(value: unknown): UserId | undefined {
  return typeof value === "string" ? parseUserId(value) : undefined;
}

class AddressSet {
  readonly list: StateAddress[] = [];

  add(type: string, stateKey: string): void {
    if (!this.list.some(([t, k]) => t === type && k === stateKey)) this.list.push([type, stateKey]);
  }

  addUser(user: UserId): void {
    this.add("m.room.member", user);
    this.add("m.guild.member_roles", user);
    this.add("m.room.timeout", user);
  }
}
