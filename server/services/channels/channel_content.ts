import type { ChannelEntry } from "../../../core/api/channel.ts";
import { OperationError } from "../../../core/errors.ts";
import type { JsonObject } from "../../../core/event/json.ts";
import { EVERYONE, parseRoleId } from "../../../core/ids/role_id.ts";
import { parseTypedUserId } from "../../../core/ids/user_id.ts";
import { formatBits } from "../../../core/permissions/bits.ts";
import type { ChannelPolicy } from "../../../core/permissions/channel_policy.ts";

/** Content of `m.channel.policy`. PROTOCOL.md 4. */
export function policyContent(policy: ChannelPolicy): JsonObject {
  const entries = [...policy.entries.values()]
    .filter((entry) => entry.allow !== 0n || entry.deny !== 0n)
    .sort((a, b) => (a.target < b.target ? -1 : 1))
    .map((entry) => ({
      target: entry.target as string,
      allow: formatBits(entry.allow),
      deny: formatBits(entry.deny),
    }));
  return {
    kind: policy.kind,
    closed: policy.closed,
    ...(policy.parent === undefined ? {} : { parent: policy.parent }),
    entries,
  };
}

/** Entries of a request as the core knows them. Throws `invalid`, naming the target. */
export function parseEntries(entries: readonly ChannelEntry[]): ChannelPolicy["entries"] {
  const parsed = new Map<string, { target: never; allow: bigint; deny: bigint }>();
  for (const { target, allow, deny } of entries) {
    const id = target === EVERYONE ? EVERYONE : parseRoleId(target) ?? parseTypedUserId(target);
    if (id === undefined || parsed.has(id)) {
      throw new OperationError(
        "invalid",
        `The permission entry for ${JSON.stringify(target)} is ${
          id === undefined ? 'neither for "everyone" nor for a role or user' : "there twice"
        }.`,
        { details: { field: "entries" } },
      );
    }
    parsed.set(id, {
      target: id as never,
      allow: BigInt(`0x${allow}`),
      deny: BigInt(`0x${deny}`),
    });
  }
  return parsed;
}
