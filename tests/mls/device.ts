import type { Group } from "../../core/mls/group.ts";
import type { DeviceKeys, OwnKeyPackage } from "../../core/mls/key_package.ts";
import type { CommitResult } from "../../core/mls/commits.ts";
import type { Mls } from "../../core/mls/mls.ts";
import { readWelcome } from "../../core/mls/readers.ts";
import { delta, snapshot } from "../../core/mls/snapshot.ts";
import { LIFE } from "../harness/mls_people.ts";
import type { Entry, OrderServer } from "./order_server.ts";

/** What survives a crash. */
interface Disk {
  snapshot: Uint8Array;
  deltas: Uint8Array[];
  /** A commit under way and the group after it. */
  pending: { hash: string; snapshot: Uint8Array } | undefined;
  cursor: number;
}

/** A device that keeps the rules of the design: stored before it leaves, its own commits by hash. */
export class Device {
  readonly read = new Map<number, string>();
  group: Group | undefined;
  #disk: Disk | undefined;
  #package: OwnKeyPackage | undefined;
  #cursor = 0;

  constructor(
    readonly name: string,
    readonly keys: DeviceKeys,
    readonly mls: Mls,
    readonly server: OrderServer,
  ) {}

  get isMember(): boolean {
    return this.group !== undefined && !this.group.removed;
  }

  get cursor(): number {
    return this.#cursor;
  }

  async offer(): Promise<Uint8Array> {
    this.#package = await this.mls.keyPackage(this.keys, LIFE);
    await this.server.upload(this.name, this.#package.publicBytes);
    return this.#package.publicBytes;
  }

  start(group: Group): void {
    this.group = group;
    this.#store();
  }

  /** Everything in memory is gone. */
  crash(): void {
    if (this.#disk === undefined) return;
    this.group = this.mls.restore(this.#disk.snapshot, this.#disk.deltas);
    this.#cursor = this.#disk.cursor;
  }

  /** The disk is gone, too. */
  lose(): void {
    this.group = undefined;
    this.#disk = undefined;
    this.server.forget(this.name, this.#cursor);
  }

  /** Makes a commit and stores it, without sending it. */
  async prepare(change: Parameters<Mls["commit"]>[1]): Promise<CommitResult> {
    const made = await this.mls.commit(this.group!, change);
    this.#disk!.pending = { hash: made.commitHash.toHex(), snapshot: snapshot(made.group) };
    return made;
  }

  async comeIn(resync: boolean): Promise<"taken" | "stale"> {
    const made = await this.mls.externalJoin(this.server.groupInfo, this.keys, { resync });
    const answer = await this.server.submit(made);
    if (answer === "taken") {
      this.#cursor = this.server.log.length;
      this.start(made.group);
    }
    return answer;
  }

  async say(text: string): Promise<void> {
    const { group, message } = await this.mls.encrypt(
      this.group!,
      new TextEncoder().encode(text),
      new Uint8Array(),
    );
    this.#keep(group);
    if (this.server.send(message, this.name, text) === "taken") return;
    await this.catchUp();
    if (this.isMember) await this.say(text);
  }

  async catchUp(): Promise<void> {
    for (; this.#cursor < this.server.log.length; this.#cursor++) {
      const entry = this.server.log[this.#cursor]!;
      if (entry.kind === "commit") await this.#takeCommit(entry);
      else await this.#takeMessage(entry);
    }
    if (this.#disk !== undefined) this.#disk.cursor = this.#cursor;
  }

  async #takeCommit(entry: Extract<Entry, { kind: "commit" }>): Promise<void> {
    if (!this.isMember) {
      if (entry.welcome === undefined || !this.#isInvited(entry.welcome)) return;
      this.group = await this.mls.join(entry.welcome, this.#package!, this.keys);
      this.#package = undefined;
    } else if (entry.hash === this.#disk?.pending?.hash) {
      this.group = this.mls.restore(this.#disk.pending.snapshot);
    } else {
      this.group = (await this.mls.process(this.group!, entry.commit)).group;
    }
    if (this.isMember && this.group!.authHash.toHex() !== entry.authHash) {
      throw new Error(`${this.name} is in another epoch ${this.group!.epoch} than the server`);
    }
    this.#store(this.#cursor + 1);
  }

  #isInvited(welcome: Uint8Array): boolean {
    const own = this.#package?.ref.toHex();
    return readWelcome(welcome).refs.some((ref) => ref.toHex() === own);
  }

  async #takeMessage(entry: Extract<Entry, { kind: "message" }>): Promise<void> {
    if (!entry.readers.has(this.name) || this.read.has(this.#cursor)) return;
    const opened = await this.mls.decrypt(this.group!, entry.message);
    this.read.set(this.#cursor, new TextDecoder().decode(opened.plaintext));
    this.#keep(opened.group, this.#cursor + 1);
  }

  #keep(after: Group, cursor = this.#cursor): void {
    const change = delta(this.group!, after);
    this.group = after;
    if (change === undefined) throw new Error("A message changed more than a ratchet");
    this.#disk!.deltas.push(change);
    this.#disk!.cursor = cursor;
  }

  #store(cursor = this.#cursor): void {
    this.#disk = { snapshot: snapshot(this.group!), deltas: [], pending: undefined, cursor };
  }
}
