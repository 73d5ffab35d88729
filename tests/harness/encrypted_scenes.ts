import assert from "node:assert/strict";
import type { Mls } from "../../core/mls/mls.ts";
import { GroupDevice, testMls } from "./group_devices.ts";
import { type Homeserver, makeGuild, type Person } from "./homeserver.ts";
import { waitFor } from "./wait_for.ts";

/** Three people of a guild, in a scene of their own; the first begins a conversation with the second. */
export interface Scene {
  readonly server: Homeserver;
  /** Another process of it, where there is one. */
  readonly second?: Homeserver | undefined;
  readonly mls: Mls;
  /** Of the guild. */
  readonly owner: Person;
  readonly ann: Person;
  readonly bob: Person;
  readonly cay: Person;
  readonly guildId: string;
  readonly room: string;
}

/** The scenes of one server, one after another, each with people of its own. */
export async function openScenes(server: Homeserver, second?: Homeserver) {
  const { owner, guildId } = await makeGuild(server, ["owner"]);
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  const mls = await testMls();
  let number = 0;
  const join = async (name: string) => {
    const person = await server.register(`${name}${number}`, code);
    await person.do("POST", `/invites/${code}/accept`, {});
    return person;
  };
  return async (): Promise<Scene> => {
    number++;
    const [ann, bob, cay] = [await join("ann"), await join("bob"), await join("cay")] as const;
    const dm = await ann.do("POST", "/dms", { user_id: bob.id });
    assert.deepEqual([dm.encrypted, dm.may_encrypt], [false, true]);
    return { server, second, mls, owner, ann, bob, cay, guildId, room: dm.room_id };
  };
}

/** The same, with a group in which both have a device. */
export async function talking(scene: Scene) {
  const { mls, ann, bob, room } = scene;
  const { device: a, of: annIs } = await GroupDevice.first(mls, ann);
  const { device: b, of: bobIs } = await GroupDevice.first(mls, bob);
  await b.upload(5, { lastResort: true });
  await ann.do("POST", `/rooms/${room}/encryption`);
  await a.found(room);
  await a.add(room, [b]);
  await b.join();
  const { second } = scene;
  if (second !== undefined) {
    // Without a bus another process looks for what was stored twice a second: what it answers
    // before that is of the room as it was.
    await waitFor("the other process knows that the room is encrypted", async () => {
      const { status } = await second.call("GET", `/rooms/${room}/group`, { token: bob.token });
      return status === 200;
    });
  }
  return { ...scene, a, b, annIs, bobIs };
}
