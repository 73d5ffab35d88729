import { createGroup } from "ts-mls/clientState.js";
import { mlsExporter } from "ts-mls/keySchedule.js";
import { limits } from "../limits.ts";
import {
  commit,
  type CommitResult,
  externalJoin,
  type GroupChange,
  infoOf,
  process,
  type Processed,
} from "./commits.ts";
import { decodeMessage } from "./decode.ts";
import { guarded, MlsFault } from "./fault.ts";
import { Group, leavesOf } from "./group.ts";
import { joinByWelcome } from "./join.ts";
import {
  type DeviceKeys,
  type KeyPackageLife,
  makeKeyPackage,
  openKeyPackage,
  type OwnKeyPackage,
  throwawayPackage,
} from "./key_package.ts";
import { decrypt, type Decrypted, encrypt } from "./messages.ts";
import { checkOwners } from "./policy.ts";
import { applyToState, readSnapshot } from "./snapshot.ts";
import { active, makeTools, type MlsOptions, type Tools } from "./tools.ts";

/** MLS groups of one device. Every step takes a group and gives the next; faults are `MlsFault`. */
export interface Mls {
  keyPackage(keys: DeviceKeys, life: KeyPackageLife): Promise<OwnKeyPackage>;
  create(groupId: Uint8Array, keys: DeviceKeys): Promise<Group>;
  join(
    welcome: Uint8Array,
    keyPackage: Pick<OwnKeyPackage, "publicBytes" | "privateBytes">,
    keys: DeviceKeys,
  ): Promise<Group>;
  /** `resync` takes out this device's former leaf, which must be there. */
  externalJoin(
    groupInfo: Uint8Array,
    keys: DeviceKeys,
    options: { resync: boolean },
  ): Promise<CommitResult>;
  /** Nothing to add or remove: renews this device's own keys. */
  commit(group: Group, change: GroupChange): Promise<CommitResult>;
  process(group: Group, commit: Uint8Array): Promise<Processed>;
  encrypt(
    group: Group,
    plaintext: Uint8Array,
    aad: Uint8Array,
  ): Promise<{ group: Group; message: Uint8Array }>;
  decrypt(group: Group, message: Uint8Array): Promise<Decrypted>;
  exportSecret(
    group: Group,
    label: string,
    context: Uint8Array,
    length: number,
  ): Promise<Uint8Array>;
  /** A group out of its `snapshot` and what changed since, in order. */
  restore(bytes: Uint8Array, deltas?: readonly Uint8Array[]): Group;
  /** The group's info as of now, with its tree: what `externalJoin` takes. */
  groupInfo(group: Group): Promise<Uint8Array>;
}

export async function createMls(options: MlsOptions): Promise<Mls> {
  const tools = await makeTools(options);
  return {
    keyPackage: (keys, life) =>
      guarded("make a key package", () => makeKeyPackage(keys, life, tools.suite)),
    create: (groupId, keys) => guarded("create a group", () => create(groupId, keys, tools)),
    join: (welcome, keyPackage, keys) =>
      guarded("join a group by its Welcome", () => join(welcome, { keyPackage, keys }, tools)),
    externalJoin: (info, keys, { resync }) =>
      guarded(
        "join a group from outside",
        () => externalJoin(info, { keys, resync }, tools),
      ),
    commit: (group, change) =>
      guarded("commit a change of the group", () => commit(group, change, tools)),
    process: (group, bytes) => guarded("take a commit", () => process(group, bytes, tools)),
    encrypt: (group, plaintext, aad) =>
      guarded("encrypt a message", () => encrypt(group, { plaintext, aad }, tools)),
    decrypt: (group, message) => guarded("decrypt a message", () => decrypt(group, message, tools)),
    exportSecret: (group, label, context, length) =>
      guarded("export a secret", () =>
        mlsExporter(
          group.state.keySchedule.exporterSecret,
          label,
          context,
          length,
          tools.suite,
        )),
    restore: (bytes, deltas = []) => restore(bytes, deltas, tools),
    groupInfo: (group) => guarded("write a group's info", () => infoOf(active(group), tools)),
  };
}

async function create(groupId: Uint8Array, keys: DeviceKeys, tools: Tools): Promise<Group> {
  const { publicPackage, privatePackage } = await throwawayPackage(keys, tools.suite);
  if (groupId.length === 0 || groupId.length > limits.mls.maxGroupIdBytes) {
    throw new MlsFault("policy", `A group id of ${groupId.length} bytes is not allowed`);
  }
  return new Group(
    await createGroup(groupId, publicPackage, privatePackage, [], tools.suite, tools.config),
  );
}

function restore(bytes: Uint8Array, deltas: readonly Uint8Array[], tools: Tools): Group {
  const state = deltas.reduce(applyToState, readSnapshot(bytes));
  return new Group({ ...state, clientConfig: tools.config });
}

async function join(
  welcome: Uint8Array,
  own: { keyPackage: Pick<OwnKeyPackage, "publicBytes" | "privateBytes">; keys: DeviceKeys },
  tools: Tools,
): Promise<Group> {
  const state = await joinByWelcome(decodeMessage(welcome, "mls_welcome").welcome, {
    ...openKeyPackage(own.keyPackage, own.keys),
    ...tools,
  });
  checkOwners(leavesOf(state.ratchetTree), tools.options.ownerOf);
  return new Group(state);
}
