import { getPublicKeyAsync } from "@noble/ed25519";
import { base64Of, fromBase64 } from "../../core/e2ee/bytes.ts";
import { readCertificate } from "../../core/e2ee/certificate.ts";
import { type DeviceKeys, type OwnKeyPackage } from "../../core/mls/key_package.ts";
import type { Group } from "../../core/mls/group.ts";
import type { CommitResult } from "../../core/mls/commits.ts";
import { createMls, type Mls } from "../../core/mls/mls.ts";
import { readWelcome } from "../../core/mls/readers.ts";
import { systemRng } from "../../server/system/rng.ts";
import { testDevice, type TestIdentity, testIdentity } from "./e2ee_people.ts";
import { type Answer, type Homeserver, PASSWORD, Person } from "./homeserver.ts";
import { waitFor } from "./wait_for.ts";

const HOUR_MS = 3_600_000;

/** MLS as every device of these tests has it: whoever names the key that it shows is accepted. */
export function testMls(): Mls {
  return createMls({
    rng: systemRng,
    ownerOf,
    accept: (credential, key) => {
      const certificate = readCertificate(credential);
      return certificate !== undefined && base64Of(certificate.signatureKey) === base64Of(key);
    },
  });
}

function ownerOf(credential: Uint8Array) {
  const certificate = readCertificate(credential);
  return certificate && { user: certificate.user, device: certificate.device };
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const read = fromBase64(text);
  if (read === undefined) throw new Error(`no base64: ${text.slice(0, 40)}`);
  return read;
}

/** A registered device of a person: a session with a certificate, and what it holds of one group. */
export class GroupDevice {
  readonly packages: OwnKeyPackage[] = [];
  /** The group it is in, once it is. */
  #group: Group | undefined;

  constructor(
    readonly mls: Mls,
    readonly person: Person,
    readonly id: string,
    readonly keys: DeviceKeys,
  ) {}

  get group(): Group {
    if (this.#group === undefined) throw new Error(`${this.id} is in no group`);
    return this.#group;
  }

  set group(group: Group) {
    this.#group = group;
  }

  get ref() {
    return { user: this.person.id, device: this.id };
  }

  /** The first device of a person, with an identity of their own. */
  static async first(mls: Mls, person: Person): Promise<{ device: GroupDevice; of: TestIdentity }> {
    const of = await testIdentity(person.id as never);
    await person.do("PUT", "/identity", of.json);
    return { device: await GroupDevice.register(mls, person, of), of };
  }

  /** One more device of the same person, in a session of its own. */
  static async another(mls: Mls, person: Person, of: TestIdentity): Promise<GroupDevice> {
    const { body } = await person.api.call("POST", "/login", {
      body: { user_name: person.id, password: PASSWORD, device_name: "another" },
    });
    const session = new Person(person.api, person.id, body.tokens.access_token);
    return await GroupDevice.register(mls, session, of);
  }

  private static async register(mls: Mls, person: Person, of: TestIdentity) {
    const { id, seed, certificate } = await testDevice(of, Date.now());
    await person.do("PUT", `/devices/${id}`, { certificate, name: id.slice(0, 6) });
    return new GroupDevice(mls, person, id, {
      credential: bytesOf(certificate),
      signatureSeed: seed,
      signatureKey: await getPublicKeyAsync(seed),
    });
  }

  /** The same device, at a server that was started again. */
  on(api: Homeserver): GroupDevice {
    const person = new Person(api, this.person.id, this.person.token);
    const device = new GroupDevice(this.mls, person, this.id, this.keys);
    device.packages.push(...this.packages);
    device.#group = this.#group;
    return device;
  }

  async makePackage(life: { lastResort?: boolean; forMs?: number } = {}): Promise<OwnKeyPackage> {
    const { lastResort = false, forMs = 24 * HOUR_MS } = life;
    const own = await this.mls.keyPackage(this.keys, {
      notBeforeMs: Date.now() - HOUR_MS,
      notAfterMs: Date.now() + forMs,
      lastResort,
    });
    this.packages.push(own);
    return own;
  }

  async upload(count: number, options: { lastResort?: boolean } = {}): Promise<{ left: number }> {
    const made: string[] = [];
    for (let n = 0; n < count; n++) made.push(base64Of((await this.makePackage()).publicBytes));
    const last = options.lastResort === true
      ? { last_resort: base64Of((await this.makePackage({ lastResort: true })).publicBytes) }
      : {};
    return await this.person.do("PUT", "/key-packages", { packages: made, ...last });
  }

  async found(roomId: string): Promise<void> {
    const groupId = systemRng.bytes(32);
    const group = await this.mls.create(groupId, this.keys);
    await this.person.do("POST", `/rooms/${roomId}/group`, {
      group_id: base64Of(groupId),
      group_info: base64Of(await this.mls.groupInfo(group)),
    });
    this.group = group;
  }

  async claim(roomId: string, devices: readonly GroupDevice[]): Promise<Uint8Array[]> {
    const { packages } = await this.person.do("POST", `/rooms/${roomId}/key-packages`, {
      devices: devices.map(({ ref }) => ref),
    });
    return packages.map((each: { key_package: string }) => bytesOf(each.key_package));
  }

  async commit(change: { add?: Uint8Array[]; remove?: number[] } = {}): Promise<CommitResult> {
    return await this.mls.commit(this.group, change);
  }

  /** Hands a commit in; the group moves on where it was taken. */
  async send(
    roomId: string,
    made: CommitResult,
    base: { epoch?: number; external?: boolean } = {},
  ): Promise<Answer> {
    const answer = await this.person.try(
      "POST",
      `/rooms/${roomId}/group/commits`,
      bundleOf(made, base),
    );
    if (answer.status === 200) this.group = made.group;
    return answer;
  }

  /** Adds devices with packages claimed for that. */
  async add(roomId: string, devices: readonly GroupDevice[]): Promise<void> {
    const made = await this.commit({ add: await this.claim(roomId, devices) });
    const { status, body } = await this.send(roomId, made);
    if (status !== 200) throw new Error(`add: ${status} ${JSON.stringify(body)}`);
  }

  /** Joins with the newest Welcome that waits for it. */
  async join(): Promise<void> {
    // One that another server's device made comes by its own server.
    const waiting = await waitFor(`a Welcome for ${this.id}`, async () => {
      const { welcomes } = await this.person.do("GET", "/welcomes");
      return welcomes.at(-1);
    });
    const welcome = bytesOf(waiting.welcome);
    const refs = new Set(readWelcome(welcome).refs.map(base64Of));
    const own = this.packages.find(({ ref }) => refs.has(base64Of(ref)));
    if (own === undefined) throw new Error("the Welcome is for none of this device's packages");
    this.group = await this.mls.join(welcome, own, this.keys);
    await this.person.do("DELETE", `/welcomes/${waiting.id}`);
  }

  /** Takes in what the group's log has beyond this device's epoch. */
  async catchUp(roomId: string): Promise<void> {
    const { commits } = await this.person.do(
      "GET",
      `/rooms/${roomId}/group/commits?after_epoch=${this.group.epoch - 1}`,
    );
    for (const { commit } of commits) {
      this.group = (await this.mls.process(this.group, bytesOf(commit))).group;
    }
  }

  async externalJoin(roomId: string, options: { resync: boolean }): Promise<CommitResult> {
    const { group_info } = await this.person.do("GET", `/rooms/${roomId}/group`);
    return await this.mls.externalJoin(bytesOf(group_info), this.keys, options);
  }

  /** Something sealed for the group: as `core/e2ee` would, with an empty record. */
  async seal(text = "secret"): Promise<Record<string, unknown>> {
    const record = new Uint8Array(256);
    const { group, message } = await this.mls.encrypt(this.group, record, new Uint8Array());
    this.group = group;
    return {
      v: 1,
      epoch: this.group.epoch,
      nonce: base64Of(systemRng.bytes(16)),
      key: base64Of(message),
      // Ciphertexts look like chance; what is in them is no matter here.
      body: base64Of(systemRng.bytes(256 + text.length)),
    };
  }

  say(roomId: string, sealed: unknown, more: Record<string, unknown> = {}): Promise<Answer> {
    return this.person.try("POST", `/rooms/${roomId}/send`, { sealed, ...more });
  }
}

/** A commit as it is handed in. */
export function bundleOf(
  made: CommitResult,
  base: { epoch?: number; external?: boolean } = {},
): Record<string, unknown> {
  return {
    base_epoch: base.epoch ?? made.group.epoch - 1,
    commit: base64Of(made.commit),
    group_info: base64Of(made.groupInfo),
    ...(made.welcome === undefined ? {} : { welcome: base64Of(made.welcome) }),
    ...(base.external === true ? { external: true } : {}),
  };
}
