import { processPublicMessage } from "ts-mls/processMessages.js";
import { emptyPskIndex } from "ts-mls/pskIndex.js";
import { readCommitContent } from "./commit_content.ts";
import { decodeMessage } from "./decode_message.ts";
import { MlsFault } from "./fault.ts";
import { Group, type Leaf } from "./group.ts";
import { checkUniqueKeys } from "./leaf_rules.ts";
import { type Change, judgeCommit } from "./policy.ts";
import { active, checkPlace, type Tools } from "./tools.ts";

/** A commit of one's own that nobody has taken yet. */
export interface CommitResult {
  /** The group after it. Keep the one before until the receipt is there (trap T5). */
  readonly group: Group;
  readonly commit: Uint8Array;
  /** SHA-256 of `commit`. */
  readonly commitHash: Uint8Array;
  /** Tells the new epoch from every other with its number (trap T9). */
  readonly authHash: Uint8Array;
  /** One for all devices that were added, or undefined. */
  readonly welcome?: Uint8Array;
  /** The new epoch's, with its tree: what a device needs to come in from outside. */
  readonly groupInfo: Uint8Array;
}

export interface GroupChange {
  /** Key packages of devices that come in. */
  readonly add?: readonly Uint8Array[];
  /** Leaf numbers of devices that go. */
  readonly remove?: readonly number[];
  /** A newer certificate of this device, for the same signature key. Not with additions alone. */
  readonly credential?: Uint8Array;
}

export interface Processed extends Change {
  readonly group: Group;
}

/**
 * Takes a commit of another member, judged before the library sees it. RFC 9420 12.4.2.
 * @throws MlsFault `past_epoch`, `own_commit`, `other_group`, `removed` and those of the judgement
 */
export async function process(group: Group, bytes: Uint8Array, tools: Tools): Promise<Processed> {
  const state = active(group);
  const { publicMessage } = decodeMessage(bytes, "mls_public_message");
  const content = readCommitContent(publicMessage);
  checkPlace(group, content, "commit");
  if (content.epoch < group.epoch) {
    throw new MlsFault(
      "past_epoch",
      `A commit ends epoch ${content.epoch}, ours is ${group.epoch}`,
    );
  }
  if (content.committer === group.ownLeaf) {
    throw new MlsFault("own_commit", "The commit is this device's own: take the pending group");
  }
  const change = judgeCommit(state.ratchetTree, content, tools.options.ownerOf);
  if (tools.options.judge !== undefined && !await tools.options.judge(change)) {
    throw new MlsFault("policy", "The commit does what its sender may not do in this room");
  }
  const { newState } = await processPublicMessage(
    state,
    publicMessage,
    emptyPskIndex,
    tools.suite,
  );
  checkUniqueKeys(newState.ratchetTree);
  const after = new Group(newState);
  return { group: after, ...change, added: place(change.added, after) };
}

/** The added leaves with the numbers that they got. */
function place(added: readonly Leaf[], after: Group): Leaf[] {
  const bySignatureKey = new Map(
    after.leaves().map((leaf) => [leaf.signatureKey.toHex(), leaf]),
  );
  return added.map((leaf) => bySignatureKey.get(leaf.signatureKey.toHex()) ?? leaf);
}
