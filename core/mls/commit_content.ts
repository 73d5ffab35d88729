import type { KeyPackage } from "ts-mls/keyPackage.js";
import type { Proposal } from "ts-mls/proposal.js";
import type { PublicMessage } from "ts-mls/publicMessage.js";
import { limits } from "../limits.ts";
import { toEpoch } from "./decode.ts";
import { MlsFault } from "./fault.ts";
import { type Leaf, toLeaf } from "./group.ts";
import { checkLeafRules } from "./leaf_rules.ts";

/** A commit, as far as it can be judged without the group. */
export interface CommitContent {
  readonly groupId: Uint8Array;
  readonly epoch: number;
  readonly committer: number | undefined;
  readonly external: boolean;
  /** The leaf that the committer's path brings, its number left open (0). */
  readonly joiner: Leaf | undefined;
  readonly renewed: Leaf | undefined;
  readonly adds: readonly KeyPackage[];
  readonly removes: readonly number[];
  readonly confirmationTag: Uint8Array;
}

/**
 * Reads a public commit and refuses what our groups never use. Proposals come in the commit itself:
 * one that is only referred to could be anybody's and would jam every later commit (trap T8).
 * Members add, remove and renew themselves; a joiner comes in and takes out its own former leaf.
 */
export function readCommitContent(message: PublicMessage): CommitContent {
  const { content, auth } = message;
  if (content.contentType !== "commit" || auth.contentType !== "commit") {
    throw new MlsFault("policy", `Cannot take a ${content.contentType} as a commit`);
  }
  const { sender, commit } = content;
  if (sender.senderType !== "member" && sender.senderType !== "new_member_commit") {
    throw new MlsFault("policy", `Cannot take a commit of a sender of type ${sender.senderType}`);
  }
  if (content.groupId.length > limits.mls.maxGroupIdBytes) {
    throw new MlsFault("malformed", `A group id has ${content.groupId.length} bytes`);
  }
  const external = sender.senderType === "new_member_commit";
  const proposals = commit.proposals.map((given) => {
    if (given.proposalOrRefType === "proposal") return given.proposal;
    throw new MlsFault("policy", "A commit refers to a proposal that it does not carry");
  });
  const sorted = external ? sortExternal(proposals) : sortMember(proposals);
  for (const added of sorted.adds) checkLeafRules(added.leafNode);
  if (commit.path !== undefined) checkLeafRules(commit.path.leafNode);
  const leaf = commit.path && toLeaf(0, commit.path.leafNode);
  if (external && leaf === undefined) {
    throw new MlsFault("policy", "An external commit brings no leaf");
  }
  return {
    groupId: content.groupId,
    epoch: toEpoch(content.epoch),
    committer: sender.senderType === "member" ? sender.leafIndex : undefined,
    external,
    joiner: external ? leaf : undefined,
    renewed: external ? undefined : leaf,
    confirmationTag: auth.confirmationTag,
    ...sorted,
  };
}

type Sorted = Pick<CommitContent, "adds" | "removes">;

function sortMember(proposals: readonly Proposal[]): Sorted {
  const adds: KeyPackage[] = [];
  const removes: number[] = [];
  for (const proposal of proposals) {
    if (proposal.proposalType === "add") adds.push(proposal.add.keyPackage);
    else if (proposal.proposalType === "remove") removes.push(proposal.remove.removed);
    else throw refuse(proposal, "A member's commit");
  }
  return { adds, removes };
}

function sortExternal(proposals: readonly Proposal[]): Sorted {
  const removes: number[] = [];
  let inits = 0;
  for (const proposal of proposals) {
    if (proposal.proposalType === "external_init") inits++;
    else if (proposal.proposalType === "remove") removes.push(proposal.remove.removed);
    else throw refuse(proposal, "An external commit");
  }
  if (inits !== 1 || removes.length > 1) {
    throw new MlsFault(
      "policy",
      `An external commit has ${inits} inits and ${removes.length} removals: 1 and at most 1 are allowed`,
    );
  }
  return { adds: [], removes };
}

function refuse(proposal: Proposal, whose: string): MlsFault {
  return new MlsFault("policy", `${whose} carries a proposal of type ${proposal.proposalType}`);
}
