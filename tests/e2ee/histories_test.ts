/**
 * Random histories of devices on a real server: several talk, restart, lose answers and state,
 * come and go, all at once. At the end each reads what it may, in one epoch.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { DeviceCallInput, DeviceCallName } from "../../core/e2ee/engine/calls.ts";
import { ServerUnreachable } from "../../core/e2ee/engine/ports.ts";
import { SealRefused } from "../../core/e2ee/engine/types.ts";
import { casesOf } from "../harness/cases.ts";
import { DeviceClient, HttpTransport, signInAgain } from "../harness/device_client.ts";
import { FileDeviceStore } from "../harness/device_store.ts";
import { type Homeserver, makeGuild, type Person, startHomeserver } from "../harness/homeserver.ts";
import { seededRandom } from "../harness/seeded_random.ts";
import { tempFolder } from "../harness/temp_folder.ts";

const CASES = casesOf("E2EE_HISTORIES", 1);
const STEPS = 25;
/** Of answers to changes of groups, how many are lost on their way back. */
const LOST_ANSWERS = 0.15;

interface Actor {
  client: DeviceClient;
  /** It lost a group's state once: what was said before it was back is gone for it. */
  forgot: boolean;
  readonly person: Person;
  readonly folder: string;
}

type Draw = () => number;

/** Loses answers of commits: the server has done it, and the device does not know. */
function loseAnswers(transport: HttpTransport, draw: Draw): void {
  const call = transport.call.bind(transport);
  transport.call = async <Name extends DeviceCallName>(
    name: Name,
    input: DeviceCallInput<Name>,
    signal?: AbortSignal,
  ) => {
    const answer = await call(name, input, signal);
    if (["sendCommit", "createGroup"].includes(name) && draw() < LOST_ANSWERS) {
      throw new ServerUnreachable(`The answer to ${name} was lost`);
    }
    return answer;
  };
}

class History {
  readonly actors: Actor[] = [];
  readonly said: string[] = [];
  #next = 0;

  constructor(
    readonly server: Homeserver,
    readonly roomId: string,
    readonly folder: string,
    readonly draw: Draw,
  ) {}

  pick(): Actor {
    return this.actors[Math.floor(this.draw() * this.actors.length)] as Actor;
  }

  async open(person: Person, folder: string): Promise<DeviceClient> {
    const client = await DeviceClient.open(person, { folder });
    loseAnswers(client.transport, this.draw);
    return client;
  }

  async join(person: Person): Promise<Actor> {
    const folder = join(this.folder, `device-${this.#next++}`);
    const client = await this.open(person, folder);
    const actor = { client, person, folder, forgot: false };
    await actor.client.engine.setUp({ name: folder.slice(-20) });
    this.actors.push(actor);
    return actor;
  }

  /** Says something; where an answer was lost it is tried again, as an outbox does. */
  async say(actor: Actor): Promise<void> {
    const text = `${this.said.length} by ${actor.person.id}`;
    for (let tries = 0; tries < 20; tries++) {
      try {
        await actor.client.send(this.roomId, text);
        this.said.push(text);
        return;
      } catch (error) {
        if (!(error instanceof ServerUnreachable || error instanceof SealRefused)) throw error;
      }
    }
    assert.fail(`${text} could not be said`);
  }

  async restart(actor: Actor): Promise<void> {
    await actor.client[Symbol.asyncDispose]();
    actor.client = await this.open(actor.person, actor.folder);
  }

  /** The disk lost the group's state. */
  async forget(actor: Actor): Promise<void> {
    await actor.client[Symbol.asyncDispose]();
    actor.forgot = true;
    {
      await using store = await FileDeviceStore.open(actor.folder);
      const key = `${this.roomId}/group`;
      await store.write([{ table: "groups", key, value: undefined }]);
    }
    actor.client = await this.open(actor.person, actor.folder);
  }

  async step(): Promise<void> {
    const actor = this.pick();
    const chance = this.draw();
    if (chance < 0.6) return await this.say(actor);
    if (chance < 0.75) return await this.restart(actor);
    if (chance < 0.8) return await this.forget(actor);
    if (chance < 0.9) {
      await Promise.all([this.say(actor), this.say(this.pick())]);
      return;
    }
    await Promise.all(
      this.actors.map(({ client }) =>
        client.engine.sync(this.roomId).catch((error) => {
          if (!(error instanceof ServerUnreachable)) throw error;
        })
      ),
    );
  }

  async end(): Promise<void> {
    await Promise.all(this.actors.map(({ client }) => client[Symbol.asyncDispose]()));
  }
}

/** Again until no answer is lost on the way. */
async function insist(act: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    try {
      await act();
      return;
    } catch (error) {
      if (!(error instanceof ServerUnreachable)) throw error;
    }
  }
  assert.fail("fifty answers in a row were lost");
}

/**
 * All are in one epoch, and each reads everything from its first message on; who lost the group's
 * state may lack what was said until it was back, but takes nothing for genuine that is not.
 */
async function judge({ actors, roomId, said }: History): Promise<void> {
  for (const { client } of actors) await insist(() => client.engine.sync(roomId));
  for (const { client, forgot } of actors) {
    const texts = await client.texts(roomId);
    const readable = texts.filter((text) => !text.startsWith("<"));
    assert.deepEqual(new Set(readable).difference(new Set(said)), new Set());
    assert.ok(!texts.includes("<not_genuine>") && !texts.includes("<damaged>"), texts.join("; "));
    if (forgot) continue;
    const unread = texts.slice(texts.findIndex((text) => !text.startsWith("<")))
      .filter((text) => text.startsWith("<"));
    assert.deepEqual(unread, [], `${client.person.id}: ${texts.join("; ")}`);
  }
  const epochs = new Set(actors.map(({ client }) => client.engine.room(roomId).epoch));
  assert.equal(epochs.size, 1, `epochs ${[...epochs].join(", ")}`);
}

for (let seed = 1; seed <= CASES; seed++) {
  Deno.test(`a random history of devices ends with every message read (seed ${seed})`, async () => {
    await using server = await startHomeserver();
    await using folder = await tempFolder();
    const { owner, members, guildId } = await makeGuild(server, ["ann", "bob", "cid"]);
    const { room_id: roomId } = await owner.do("POST", "/channels", {
      guild_id: guildId,
      kind: "text",
      name: "council",
      private: true,
    });
    const history = new History(server, roomId, folder.path, seededRandom(seed));
    const first = await history.join(owner);
    for (const person of members) {
      await history.join(person);
      await owner.do("POST", "/invite", { room_id: roomId, user_id: person.id });
    }
    await insist(() => first.client.engine.enable(roomId, { kind: "channel" }));
    for (let at = 0; at < STEPS; at++) await history.step();
    const { recoveryKey } = await first.client.engine.createBackup();
    const late = await history.join(await signInAgain(server, owner));
    await late.client.engine.restore({ recoveryKey });
    // What the first device lost cannot be in its backup.
    late.forgot = first.forgot;
    for (let at = 0; at < STEPS; at++) await history.step();
    await judge(history);
    await history.end();
  });
}
