import { checkBundle, checkGroupInfo, checkKeyPackage } from "../../core/mls/bundle.ts";
import { MlsFault } from "../../core/mls/fault.ts";
import { readGroupInfo, readMessage } from "../../core/mls/readers.ts";
import type { CommitResult } from "../../core/mls/commits.ts";
import { nameOf, ownerOf } from "../harness/mls_people.ts";

/** One log of commits and messages, in the order in which the server took them. */
export type Entry =
  | {
    readonly kind: "commit";
    readonly hash: string;
    readonly authHash: string;
    readonly commit: Uint8Array;
    readonly welcome: Uint8Array | undefined;
    /** Names of the devices that come in by it. */
    readonly added: readonly string[];
  }
  | {
    readonly kind: "message";
    readonly message: Uint8Array;
    readonly text: string;
    readonly sender: string;
    /** Names of the devices that must be able to read it. */
    readonly readers: Set<string>;
  };

/** Older messages are refused, as the real server refuses those of 30 seconds ago. */
const LATE_EPOCHS = 2;

/**
 * Orders the commits of one group as the delivery service does, with the module's own checks, and
 * knows what every device must be able to read.
 */
export class OrderServer {
  readonly log: Entry[] = [];
  groupInfo: Uint8Array;
  readonly #hashes = new Set<string>();
  readonly #packages = new Map<string, string>();
  /** First epoch of the device's present state, by its name. */
  readonly #since = new Map<string, number>();

  private constructor(groupInfo: Uint8Array) {
    this.groupInfo = groupInfo;
  }

  static async found(groupInfo: Uint8Array): Promise<OrderServer> {
    await checkGroupInfo(groupInfo);
    const server = new OrderServer(groupInfo);
    for (const leaf of readGroupInfo(groupInfo).leaves) {
      server.#since.set(nameOf(leaf.credential), 0);
    }
    return server;
  }

  get epoch(): number {
    return readGroupInfo(this.groupInfo).epoch;
  }

  get authHash(): string {
    return readGroupInfo(this.groupInfo).authHash.toHex();
  }

  get members(): string[] {
    return [...this.#since.keys()];
  }

  leafOf(name: string): number {
    const leaf = readGroupInfo(this.groupInfo).leaves.find((each) =>
      nameOf(each.credential) === name
    );
    if (leaf === undefined) throw new Error(`${name} is no member`);
    return leaf.leaf;
  }

  /** A device that lost its state reads nothing more until it is back. */
  forget(name: string, from: number): void {
    this.#since.delete(name);
    for (const entry of this.log.slice(from)) {
      if (entry.kind === "message") entry.readers.delete(name);
    }
  }

  async upload(name: string, keyPackage: Uint8Array): Promise<void> {
    const { ref } = await checkKeyPackage(keyPackage);
    this.#packages.set(ref.toHex(), name);
  }

  /** Compare-and-swap on the epoch. The same commit again is taken again, without effect. */
  async submit(made: CommitResult): Promise<"taken" | "stale"> {
    if (this.#hashes.has(made.commitHash.toHex())) return "taken";
    let facts;
    try {
      facts = await checkBundle(this.groupInfo, made, ownerOf);
    } catch (error) {
      if (error instanceof MlsFault && error.reason === "past_epoch") return "stale";
      throw error;
    }
    for (const add of facts.adds) {
      if (!this.#packages.delete(add.ref.toHex())) {
        throw new MlsFault("policy", "An added device's key package was not claimed here");
      }
    }
    this.groupInfo = made.groupInfo;
    for (const leaf of facts.removed) this.#since.delete(nameOf(leaf.credential));
    for (const leaf of facts.added) this.#since.set(nameOf(leaf.credential), facts.epoch + 1);
    this.#hashes.add(made.commitHash.toHex());
    this.log.push({
      kind: "commit",
      hash: made.commitHash.toHex(),
      authHash: facts.authHash.toHex(),
      commit: made.commit,
      welcome: made.welcome,
      added: facts.added.map((leaf) => nameOf(leaf.credential)),
    });
    return "taken";
  }

  send(message: Uint8Array, sender: string, text: string): "taken" | "stale" {
    const { epoch } = readMessage(message);
    const since = this.#since.get(sender);
    if (since === undefined || epoch < since || epoch + LATE_EPOCHS < this.epoch) return "stale";
    const readers = [...this.#since].filter(([name, from]) => from <= epoch && name !== sender);
    this.log.push({
      kind: "message",
      message,
      text,
      sender,
      readers: new Set(readers.map(([name]) => name)),
    });
    return "taken";
  }
}
