import type { JsonObject, JsonValue } from "../event/json.ts";
import { parseRoleId, type RoleId } from "../ids/role_id.ts";
import { isObject } from "./is_object.ts";
import { limits } from "../limits.ts";
import { ALL_BITS, holds, NO_BITS, parseBits } from "./bits.ts";
import type { ChannelPolicy } from "./channel_policy.ts";

export interface RoleEntry {
  readonly position: number;
  readonly bits: bigint;
}

/** Everything that depends on a set of roles alone, shared by all its bearers. */
export interface RoleSet {
  readonly roles: readonly RoleId[];
  /** Highest position, 0 without roles. */
  readonly rank: number;
  /** everyone | bits of the roles; all bits where that holds ADMINISTRATOR. */
  readonly base: bigint;
  /** Memo: rights by channel policy before the bearer's own entry and the VIEW_CHANNEL test. */
  readonly inChannel: WeakMap<ChannelPolicy, bigint>;
}

/** `m.guild.roles`, parsed. PROTOCOL.md 4. */
export class RolesTable {
  static readonly NONE = new RolesTable(NO_BITS, new Map());
  readonly everyone: bigint;
  readonly roles: ReadonlyMap<RoleId, RoleEntry>;
  readonly #sets = new Map<string, RoleSet>();

  constructor(everyone: bigint, roles: ReadonlyMap<RoleId, RoleEntry>) {
    this.everyone = everyone;
    this.roles = roles;
  }

  /** The one RoleSet of `listed`; ids that the table does not know count for nothing. */
  setOf(listed: readonly RoleId[]): RoleSet {
    const roles = listed.filter((role) => this.roles.has(role));
    const key = roles.join(" ");
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    let bits = this.everyone;
    let rank = 0;
    for (const role of roles) {
      const entry = this.roles.get(role);
      if (entry === undefined) continue;
      bits |= entry.bits;
      rank = Math.max(rank, entry.position);
    }
    const base = holds(bits, "ADMINISTRATOR") ? ALL_BITS : bits;
    const made = { roles, rank, base, inChannel: new WeakMap<ChannelPolicy, bigint>() };
    this.#sets.set(key, made);
    return made;
  }
}

/** The table, or undefined where the content has another shape. */
export function parseRolesTable(content: JsonObject): RolesTable | undefined {
  const everyone = parseBits(content["everyone"]);
  const listed = content["roles"];
  if (everyone === undefined || !isObject(listed)) return undefined;
  const roles = new Map<RoleId, RoleEntry>();
  for (const [name, value] of Object.entries(listed)) {
    const role = parseRoleId(name);
    if (role === undefined || !isObject(value)) return undefined;
    const bits = parseBits(value["bits"]);
    const position = value["position"];
    if (bits === undefined || !isPosition(position)) return undefined;
    roles.set(role, { position, bits });
  }
  return roles.size > limits.authority.maxRoles ? undefined : new RolesTable(everyone, roles);
}

/** The listed role ids of `m.guild.member_roles`, or undefined where the shape is another. */
export function parseMemberRoles(content: JsonObject): readonly RoleId[] | undefined {
  const listed = content["roles"];
  if (!Array.isArray(listed) || listed.length > limits.authority.maxMemberRoles) return undefined;
  const roles: RoleId[] = [];
  for (const item of listed) {
    const role = typeof item === "string" ? parseRoleId(item) : undefined;
    const last = roles.at(-1);
    if (role === undefined || (last !== undefined && last >= role)) return undefined;
    roles.push(role);
  }
  return roles;
}

function isPosition(value: JsonValue | undefined): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 &&
    value <= limits.authority.maxPosition;
}
