import { mlsExporter } from "ts-mls/keySchedule.js";
import type { CommitResult, GroupChange, Processed } from "./commits.ts";
import { guarded } from "./fault.ts";
import { Group } from "./group.ts";
import type { DeviceKeys, KeyPackageLife, OwnKeyPackage } from "./key_package.ts";
import { decrypt, type Decrypted, encrypt } from "./messages.ts";
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

/** The door to groups of devices; what makes and changes them is loaded with its first use. */
export function createMls(options: MlsOptions): Mls {
  const tools = makeTools(options);
  let whole: Tools | undefined;
  /** Fetched when a group is made, joined or changed. A fetch that fails is no `MlsFault`. */
  const fetchMaking = async () => {
    const { making } = await import("./making.ts");
    return { ...making, whole: whole ??= making.wholeTools(tools) };
  };
  return {
    async keyPackage(keys, life) {
      const { makeKeyPackage, whole } = await fetchMaking();
      return await guarded("make a key package", () => makeKeyPackage(keys, life, whole.suite));
    },
    async create(groupId, keys) {
      const { create, whole } = await fetchMaking();
      return await guarded("create a group", () => create(groupId, keys, whole));
    },
    async join(welcome, keyPackage, keys) {
      const { join, whole } = await fetchMaking();
      const own = { keyPackage, keys };
      return await guarded("join a group by its Welcome", () => join(welcome, own, whole));
    },
    async externalJoin(info, keys, { resync }) {
      const { externalJoin, whole } = await fetchMaking();
      const how = { keys, resync };
      return await guarded("join a group from outside", () => externalJoin(info, how, whole));
    },
    async commit(group, change) {
      const { commit, whole } = await fetchMaking();
      return await guarded("commit a change of the group", () => commit(group, change, whole));
    },
    async process(group, bytes) {
      const { process, whole } = await fetchMaking();
      return await guarded("take a commit", () => process(group, bytes, whole));
    },
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
    async groupInfo(group) {
      const { infoOf, whole } = await fetchMaking();
      return await guarded("write a group's info", () => infoOf(active(group), whole));
    },
  };
}

function restore(bytes: Uint8Array, deltas: readonly Uint8Array[], tools: Tools): Group {
  const state = deltas.reduce(applyToState, readSnapshot(bytes));
  return new Group({ ...state, clientConfig: tools.config });
}
