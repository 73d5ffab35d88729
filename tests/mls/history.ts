import assert from "node:assert/strict";
import { MlsFault } from "../../core/mls/fault.ts";
import type { CommitResult } from "../../core/mls/commits.ts";
import type { Mls } from "../../core/mls/mls.ts";
import { snapshot } from "../../core/mls/snapshot.ts";
import { makeDeviceKeys, makeMls } from "../harness/mls_people.ts";
import { seededRng } from "../harness/seeded_rng.ts";
import { Device } from "./device.ts";
import { HOSTILE_DEEDS, type HostileDeed } from "./hostile_deeds.ts";
import { OrderServer } from "./order_server.ts";

type Random = ReturnType<typeof seededRng>;

/** How often each thing is done, so that a test can tell that all of it was. */
export type Tally = Map<string, number>;

/**
 * A random history of one group: everything that devices, crashes, a slow network and hostile people
 * do, in an order that the seed gives. What must hold is asserted as it goes on and by `finish`.
 */
export class History {
  readonly devices: Device[] = [];
  #names = 0;
  #texts = 0;

  private constructor(
    readonly rng: Random,
    readonly mls: Mls,
    readonly server: OrderServer,
    readonly tally: Tally,
  ) {}

  static async begin(seed: number, tally: Tally): Promise<History> {
    const rng = seededRng(seed);
    const mls = await makeMls(rng);
    const keys = await makeDeviceKeys(rng, "@u0", "D");
    const group = await mls.create(new TextEncoder().encode(`room ${seed}`), keys);
    const server = await OrderServer.found(await mls.groupInfo(group));
    const history = new History(rng, mls, server, tally);
    const founder = new Device("@u0/D", keys, mls, server);
    founder.start(group);
    history.devices.push(founder);
    history.#names = 1;
    for (let at = 0; at < 2; at++) await history.#add();
    return history;
  }

  async step(): Promise<void> {
    if (this.#members().length < 2) {
      for (const device of this.devices) await device.catchUp();
    }
    const steps: [string, number, () => Promise<void>][] = [
      ["say", 6, () => this.#say()],
      ["catch up", 3, () => this.#pick().catchUp()],
      ["renew", 3, () => this.#commit(this.#pick(), {})],
      ["add", 4, () => this.#add()],
      ["remove", 2, () => this.#remove()],
      ["race", 2, () => this.#race()],
      ["lost answer", 2, () => this.#loseAnswer()],
      ["crash", 2, () => this.#crash()],
      ["come in", 2, () => this.#comeIn()],
      ["lose state", 1, () => this.#loseState()],
      ["stale info", 1, () => this.#staleInfo()],
      ["hostile", 3, () => this.#beHostile()],
    ];
    let at = this.rng.below(steps.reduce((sum, [, weight]) => sum + weight, 0));
    for (const [name, weight, run] of steps) {
      at -= weight;
      if (at >= 0) continue;
      this.#count(name);
      await run();
      return;
    }
  }

  /** Everybody reads everything; then they agree, and nobody read more or less than they should. */
  async finish(): Promise<void> {
    for (const device of this.devices) await device.catchUp();
    const members = this.devices.filter((device) => device.isMember);
    assert.deepEqual(members.map((device) => device.name).sort(), this.server.members.sort());
    const [first] = members;
    for (const device of members) {
      assert.equal(device.group!.epoch, this.server.epoch, device.name);
      assert.equal(device.group!.authHash.toHex(), this.server.authHash, device.name);
      assert.deepEqual(device.group!.authenticator, first!.group!.authenticator, device.name);
    }
    for (const [at, entry] of this.server.log.entries()) {
      if (entry.kind !== "message") continue;
      this.#count("message");
      for (const device of this.devices) {
        const read = device.read.get(at);
        const may = entry.readers.has(device.name);
        if (may) assert.equal(read, entry.text, `${device.name} missed message ${at}`);
        else if (device.isMember && device.name !== entry.sender && read === undefined) {
          await assert.rejects(
            device.mls.decrypt(device.group!, entry.message),
            MlsFault,
            `${device.name} reads message ${at}, from before its time`,
          );
        }
      }
    }
    await this.#removedReadNothing();
  }

  /** With all the keys that they have left, those who were removed read nothing that came after. */
  async #removedReadNothing(): Promise<void> {
    const gone = this.devices.filter((device) => device.group?.removed === true);
    for (const device of gone) {
      const { state } = device.group!;
      const revived = device.mls.restore(snapshot(device.group!));
      Object.assign(revived.state, { groupActiveState: { kind: "active" } });
      for (const [at, entry] of this.server.log.entries()) {
        if (entry.kind !== "message" || device.read.has(at)) continue;
        if (entry.sender === device.name) continue;
        this.#count("kept out");
        await assert.rejects(device.mls.decrypt(revived, entry.message), MlsFault);
      }
      assert.ok(state.groupContext.epoch < BigInt(this.server.epoch));
    }
  }

  #count(what: string): void {
    this.tally.set(what, (this.tally.get(what) ?? 0) + 1);
  }

  #members(): Device[] {
    return this.devices.filter((device) => device.isMember);
  }

  #pick(): Device {
    const members = this.#members();
    return members[this.rng.below(members.length)]!;
  }

  async #say(): Promise<void> {
    const device = this.#pick();
    for (let more = this.rng.below(3); more >= 0 && device.isMember; more--) {
      await device.say(`text ${this.#texts++}`);
    }
  }

  /** A commit from the server's epoch, which it takes. */
  async #commit(device: Device, change: Parameters<Mls["commit"]>[1]): Promise<void> {
    await device.catchUp();
    if (!device.isMember) return;
    assert.equal(await this.server.submit(await device.prepare(change)), "taken");
    await device.catchUp();
  }

  async #newDevice(): Promise<Device> {
    const user = this.rng.below(3) === 0 ? this.rng.below(this.#names) : this.#names;
    const name = `D${this.#names++}`;
    const keys = await makeDeviceKeys(this.rng, `@u${user}`, name);
    const device = new Device(`@u${user}/${name}`, keys, this.mls, this.server);
    this.devices.push(device);
    return device;
  }

  async #add(): Promise<void> {
    const removed = this.devices.find((device) => device.group?.removed === true);
    const device = removed !== undefined && this.rng.below(2) === 0
      ? removed
      : await this.#newDevice();
    await device.catchUp();
    if (device.isMember) return;
    await this.#commit(this.#pick(), { add: [await device.offer()] });
    // Late joiners read their Welcome some other time.
    if (this.rng.below(2) === 0) await device.catchUp();
  }

  async #remove(): Promise<void> {
    const device = this.#pick();
    await device.catchUp();
    const others = this.server.members.filter((name) => name !== device.name);
    if (!device.isMember || others.length < 2) return;
    const name = others[this.rng.below(others.length)]!;
    await this.#commit(device, { remove: [this.server.leafOf(name)] });
  }

  /** Two commits of one epoch: one is taken, who lost takes it over and tries again. */
  async #race(): Promise<void> {
    const members = this.#members();
    if (members.length < 2) return;
    const one = this.rng.below(members.length);
    const two = (one + 1) % members.length;
    const made: CommitResult[] = [];
    for (const at of [one, two]) {
      await members[at]!.catchUp();
      if (!members[at]!.isMember) return;
      made.push(await members[at]!.prepare({}));
    }
    assert.equal(await this.server.submit(made[0]!), "taken");
    assert.equal(await this.server.submit(made[1]!), "stale");
    await this.#commit(members[two]!, {});
  }

  async #loseAnswer(): Promise<void> {
    const device = this.#pick();
    await device.catchUp();
    if (!device.isMember) return;
    const made = await device.prepare({});
    assert.equal(await this.server.submit(made), "taken");
    if (this.rng.below(2) === 0) device.crash();
    if (this.rng.below(2) === 0) await this.#commitOfAnother(device);
    // The same commit again changes nothing.
    assert.equal(await this.server.submit(made), "taken");
  }

  async #commitOfAnother(device: Device): Promise<void> {
    const other = this.#members().find((each) => each !== device);
    if (other !== undefined) await this.#commit(other, {});
  }

  /** A crash before the commit left, and one at any other time. */
  async #crash(): Promise<void> {
    const device = this.#pick();
    if (this.rng.below(2) === 0) {
      await device.catchUp();
      if (device.isMember) await device.prepare({});
    }
    device.crash();
  }

  async #comeIn(): Promise<void> {
    assert.equal(await (await this.#newDevice()).comeIn(false), "taken");
  }

  async #loseState(): Promise<void> {
    const device = this.#pick();
    await device.catchUp();
    if (!device.isMember) return;
    device.lose();
    if (this.#members().length > 0 && this.rng.below(2) === 0) await this.#say();
    assert.equal(await device.comeIn(true), "taken");
  }

  /** Somebody comes in by a group info from before the last commit. */
  async #staleInfo(): Promise<void> {
    const { groupInfo } = this.server;
    await this.#commit(this.#pick(), {});
    if (this.server.groupInfo === groupInfo) return;
    const keys = await makeDeviceKeys(this.rng, "@stale", "D");
    const made = await this.mls.externalJoin(groupInfo, keys, { resync: false });
    assert.equal(await this.server.submit(made), "stale");
    // Who is behind could still take it: that its epoch is not the server's, the receipt tells.
    for (const device of this.#members()) await device.catchUp();
    await this.#refuseAll(made.commit);
  }

  async #beHostile(): Promise<void> {
    const deed: HostileDeed = HOSTILE_DEEDS[this.rng.below(HOSTILE_DEEDS.length)]!;
    const member = this.#pick();
    await member.catchUp();
    if (!member.isMember) return;
    const commit = await deed.run({ member, server: this.server, rng: this.rng });
    if (commit === undefined) return;
    this.#count(deed.name);
    await this.#refuseAll(commit);
  }

  /** A hostile server hands it on: no device takes it, none is changed by it. */
  async #refuseAll(commit: Uint8Array): Promise<void> {
    for (const device of this.#members()) {
      const before = snapshot(device.group!);
      await assert.rejects(device.mls.process(device.group!, commit), MlsFault, device.name);
      assert.deepEqual(snapshot(device.group!), before);
    }
  }
}
