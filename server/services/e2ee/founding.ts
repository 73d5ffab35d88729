import { base64Of, equalBytes } from "../../../core/e2ee/bytes.ts";
import type { Leaf } from "../../../core/mls/group.ts";
import type { GroupInfoFacts } from "../../../core/mls/readers.ts";
import { readMls, rosterMismatch } from "./group_refusals.ts";
import type { RegisteredDevice } from "./registered_devices.ts";
import { mlsChecks, mlsReaders } from "./mls_parts.ts";

/**
 * The group information of a group that begins, with its founder's device alone in it.
 * @throws OperationError `roster_mismatch`, `policy`, `invalid`
 */
export async function readFounding(
  groupInfo: Uint8Array,
  { groupId, caller }: { readonly groupId: string; readonly caller: RegisteredDevice },
): Promise<GroupInfoFacts & { readonly leaf: Leaf }> {
  const info = await readMls("group_info", async () => {
    await (await mlsChecks()).checkGroupInfo(groupInfo);
    return (await mlsReaders()).readGroupInfo(groupInfo);
  });
  const [leaf] = info.leaves;
  const fits = base64Of(info.groupId) === groupId && info.epoch === 0 &&
    info.leaves.length === 1 && leaf?.leaf === 0 &&
    equalBytes(leaf.signatureKey, caller.signatureKey) &&
    equalBytes(leaf.credential, caller.certificate);
  if (fits) return { ...info, leaf };
  throw rosterMismatch("The group information is not of a group of this device alone.");
}
