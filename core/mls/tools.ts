import { defaultKeyPackageEqualityConfig } from "ts-mls/keyPackageEqualityConfig.js";
import type { ClientConfig } from "ts-mls/clientConfig.js";
import type { ClientState } from "ts-mls/clientState.js";
import type { Credential } from "ts-mls/credential.js";
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js";
import { limits } from "../limits.ts";
import type { Rng } from "../ports/rng.ts";
import { MlsFault } from "./fault.ts";
import { type Group, leafAt } from "./group.ts";
import type { Change, OwnerOf } from "./policy.ts";
import { makeMessageSuite } from "./message_suite.ts";

export interface MlsOptions {
  /** Whether a device's certificate is good for this signature key, in this room. */
  accept(credential: Uint8Array, signatureKey: Uint8Array): boolean | Promise<boolean>;
  readonly ownerOf: OwnerOf;
  /** Whether these people may do that. Everything is allowed without it. */
  judge?(change: Change): boolean | Promise<boolean>;
  readonly rng: Rng;
}

/** What every operation needs. */
export interface Tools {
  /** `makeMessageSuite`; all of it (`makeSuite`) for what joins and changes groups. */
  readonly suite: CiphersuiteImpl;
  readonly config: ClientConfig;
  readonly options: MlsOptions;
}

export function makeTools(options: MlsOptions): Tools {
  return { suite: makeMessageSuite(options.rng), config: makeConfig(options), options };
}

function makeConfig(options: MlsOptions): ClientConfig {
  return {
    keyRetentionConfig: {
      retainKeysForGenerations: limits.mls.keptGenerations,
      retainKeysForEpochs: limits.mls.keptEpochs,
      maximumForwardRatchetSteps: limits.mls.maxForwardSteps,
    },
    lifetimeConfig: { maximumTotalLifetime: 0n, validateLifetimeOnReceive: false },
    keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
    // What is sent is a record of one size already (core/e2ee).
    paddingConfig: { kind: "alwaysPad", paddingLength: 0 },
    authService: {
      async validateCredential(credential: Credential, signatureKey: Uint8Array) {
        if (credential.credentialType !== "basic") return false;
        if (options.ownerOf(credential.identity) === undefined) return false;
        return await options.accept(credential.identity, signatureKey);
      },
    },
  };
}

/** The state to work on. @throws MlsFault `removed` */
export function active(group: Group): ClientState {
  if (!group.removed && leafAt(group.state.ratchetTree, group.ownLeaf) !== undefined) {
    return group.state;
  }
  throw new MlsFault("removed", "This device is no member of the group any more");
}

/** Refuses what is of another group or of an epoch to come (trap T10). */
export function checkPlace(
  group: Group,
  given: { groupId: Uint8Array; epoch: number },
  what: string,
): void {
  if (given.groupId.toHex() !== group.groupId.toHex()) {
    throw new MlsFault("other_group", `A ${what} of group ${given.groupId.toHex()} came here`);
  }
  if (given.epoch > group.epoch) {
    throw new MlsFault(
      "future_epoch",
      `A ${what} is of epoch ${given.epoch}, ours is ${group.epoch}: fetch the commits between`,
    );
  }
}
