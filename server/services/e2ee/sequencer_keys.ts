import { GROUP_LIMITS } from "../../../core/api/e2ee_groups.ts";
import { signerOf } from "../../../core/e2ee/receipt_chain.ts";
import { OperationError } from "../../../core/errors.ts";
import { type KeyId, parseKeyId } from "../../../core/ids/key_id.ts";
import { parseServerName } from "../../../core/ids/server_name.ts";
import type { KeyEntry } from "../../../core/keys/key_entry.ts";
import type { Room } from "../../rooms/room.ts";
import type { GroupDeps } from "./group_deps.ts";
import { findGroup, findTakeOvers } from "./group_rows.ts";
import { firstSequencerOf } from "./sequencer.ts";

/**
 * Keys with which receipts of the room's group were signed, as far as this server holds them: it
 * checked those receipts with them. @throws OperationError `invalid`
 */
export async function findSequencerKeys(
  deps: Pick<GroupDeps, "sql" | "keys">,
  room: Room,
  ids: readonly string[],
): Promise<{ keys: KeyEntry[] }> {
  const keyIds = ids.map(parseKeyId);
  if (keyIds.includes(undefined) || keyIds.length > GROUP_LIMITS.sequencerKeys) {
    throw new OperationError(
      "invalid",
      `keys: ${ids.length} texts are no list of at most ${GROUP_LIMITS.sequencerKeys} key ids.`,
      { details: { field: "keys" } },
    );
  }
  const first = firstSequencerOf(room);
  const group = await findGroup(deps.sql, room.id);
  const takeovers = group === undefined ? [] : await findTakeOvers(deps.sql, group.group_id);
  const names = [first, ...takeovers.map(({ first: next }) => signerOf(next, first))];
  const servers = [...new Set(names)].flatMap((name) => parseServerName(name) ?? []);
  const wanted = servers.flatMap((server) =>
    (keyIds as KeyId[]).map((keyId) => ({ server, keyId }))
  );
  const entries = await deps.keys.find(wanted);
  return { keys: [...entries.values()] };
}
