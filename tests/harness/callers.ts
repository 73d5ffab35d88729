import assert from "node:assert/strict";
import type { VoiceGroup, VoiceSession } from "../../core/api/voice.ts";
import { base64Of } from "../../core/e2ee/bytes.ts";
import type { Mls } from "../../core/mls/mls.ts";
import { systemRng } from "../../server/system/rng.ts";
import { bundleOf, bytesOf, GroupDevice, testMls } from "./group_devices.ts";
import {
  type Answer,
  type Homeserver,
  type Listening,
  makeGuild,
  type Person,
} from "./homeserver.ts";
import { ShiftedClock } from "./media.ts";
import { waitFor } from "./wait_for.ts";

export interface VoiceRoom {
  readonly room_id: string;
  readonly channel_id: string;
}

/** Settings of a server with voice on a free port of this machine. */
export const VOICE = {
  "voice.enabled": "yes",
  "voice.port": "0",
  "voice.host": "127.0.0.1",
  "voice.announce": "127.0.0.1",
};

/** Somebody with a device and a gateway, who can be in calls; a scripted client without sound. */
export class Caller implements Disposable {
  session = "";

  private constructor(readonly device: GroupDevice, public listening: Listening) {}

  static async of(mls: Mls, person: Person): Promise<Caller> {
    const { device } = await GroupDevice.first(mls, person);
    return new Caller(device, await person.connect());
  }

  get person(): Person {
    return this.device.person;
  }

  get id(): string {
    return this.person.id;
  }

  async tryJoin(at: VoiceRoom, options: Record<string, unknown> = {}): Promise<Answer> {
    const { publicBytes } = await this.device.makePackage();
    return await this.person.try("POST", `${voicePath(at)}/join`, {
      key_package: base64Of(publicBytes),
      ...options,
    });
  }

  async join(at: VoiceRoom, options: Record<string, unknown> = {}): Promise<VoiceSession> {
    const { status, body } = await this.tryJoin(at, options);
    assert.equal(status, 200, JSON.stringify(body));
    this.session = body.session;
    return body;
  }

  leave(): Promise<unknown> {
    return this.person.do("DELETE", `/voice/sessions/${this.session}`);
  }

  stay(afterEpoch?: number): Promise<VoiceSession> {
    const query = afterEpoch === undefined ? "" : `?after_epoch=${afterEpoch}`;
    return this.person.do("GET", `/voice/sessions/${this.session}${query}`);
  }

  async group(): Promise<VoiceGroup> {
    return (await this.stay()).group;
  }

  /** What the gateway has told of one kind about this stay. */
  // deno-lint-ignore no-explicit-any -- see Answer
  told(name: "voice.group" | "voice.offer" | "voice.ended"): any[] {
    return this.listening.dispatches(name).filter(({ session }) => session === this.session);
  }

  // deno-lint-ignore no-explicit-any -- see Answer
  async hears(name: string, fits: (d: any) => boolean = () => true): Promise<any> {
    return await waitFor(`${name} at ${this.id}`, () => this.listening.dispatches(name).find(fits));
  }

  /** Why the stay is over. */
  async ended(): Promise<string> {
    return (await this.hears("voice.ended", ({ session }) => session === this.session)).reason;
  }

  async found(): Promise<Answer> {
    const groupId = systemRng.bytes(32);
    const group = await this.device.mls.create(groupId, this.device.keys);
    const answer = await this.person.try("POST", `/voice/sessions/${this.session}/group`, {
      group_id: base64Of(groupId),
      group_info: base64Of(await this.device.mls.groupInfo(group)),
    });
    if (answer.status === 200) this.device.group = group;
    return answer;
  }

  /** Commits what is wanted now. */
  async commitWanted(): Promise<Answer> {
    const { wanted } = await this.group();
    return await this.commit({
      add: wanted.add.map(({ key_package }) => bytesOf(key_package)),
      remove: wanted.remove.map(({ leaf }) => leaf),
    });
  }

  async commit(change: { add?: Uint8Array[]; remove?: number[] }): Promise<Answer> {
    const made = await this.device.commit(change);
    return await this.send(made);
  }

  async send(
    made: Awaited<ReturnType<GroupDevice["commit"]>>,
    base: { epoch?: number; external?: boolean } = {},
  ): Promise<Answer> {
    const path = `/voice/sessions/${this.session}/group/commits`;
    const answer = await this.person.try("POST", path, bundleOf(made, base));
    if (answer.status === 200) this.device.group = made.group;
    return answer;
  }

  /** Comes into the group by the Welcome that the gateway brought. */
  async welcomed(): Promise<void> {
    const { welcome } = await this.hears(
      "voice.group",
      (d) => d.session === this.session && typeof d.welcome === "string",
    );
    const own = this.device.packages.at(-1);
    assert.ok(own);
    this.device.group = await this.device.mls.join(bytesOf(welcome), own, this.device.keys);
  }

  ready(epoch: number): Promise<unknown> {
    return this.person.do("POST", `/voice/sessions/${this.session}/group/ready`, { epoch });
  }

  [Symbol.dispose](): void {
    this.listening[Symbol.dispose]();
  }
}

export function voicePath({ room_id, channel_id }: VoiceRoom): string {
  return `/rooms/${room_id}/channels/${channel_id}/voice`;
}

/**
 * Time that passes only when a test says so, as far as it is measured: a slow machine keeps nobody
 * waiting too long. The date and sleeping are the machine's.
 */
export class StandingClock extends ShiftedClock {
  override monotonic(): number {
    return this.shiftMs;
  }
}

/** A guild with a voice channel, and people with devices. */
export async function party(server: Homeserver, names: readonly string[]) {
  const mls = await testMls();
  const { owner, members, guildId } = await makeGuild(server, names);
  const { id } = await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "voice",
    name: "Sofa",
  });
  const at: VoiceRoom = { room_id: guildId, channel_id: id };
  const callers: Caller[] = [];
  for (const person of [owner, ...members]) callers.push(await Caller.of(mls, person));
  return { owner, members, guildId, at, callers: callers as [Caller, Caller, ...Caller[]] };
}
