import assert from "node:assert/strict";
import type { DeviceId } from "../../core/ids/device_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { type TestDevice, testDevice, type TestIdentity, testIdentity } from "./e2ee_people.ts";
import type { FederatedServer } from "./federated.ts";
import { PASSWORD, Person } from "./homeserver.ts";
import { waitFor } from "./wait_for.ts";

const SOON_MS = 120_000;

/** Waits until a look gives something. */
export function soon<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  return waitFor(what, async () => await look() || undefined, SOON_MS) as Promise<T>;
}

/** Somebody with an identity, whose session is a certified device. */
export interface Certified extends TestIdentity {
  readonly person: Person;
  readonly device: TestDevice;
}

/** Publishes an identity for an account and makes its session a device. */
export async function certify(person: Person): Promise<Certified> {
  const identity = await testIdentity(person.id as UserId);
  await person.do("PUT", "/identity", identity.json);
  const device = await registerOn(person, identity);
  return { ...identity, person, device };
}

async function registerOn(person: Person, identity: TestIdentity): Promise<TestDevice> {
  const device = await testDevice(identity, Date.now());
  await person.do("PUT", `/devices/${device.id}`, {
    certificate: device.certificate,
    name: "Test",
  });
  return device;
}

/** A further session of the same account, and a further device. */
export async function anotherDevice(server: FederatedServer, of: Certified): Promise<Certified> {
  const [userName = ""] = of.person.id.slice(1).split(":");
  const { status, body } = await server.call("POST", "/login", {
    body: { user_name: userName, password: PASSWORD },
  });
  assert.equal(status, 200, JSON.stringify(body));
  const person = new Person(server, of.person.id, body.tokens.access_token);
  return { ...of, person, device: await registerOn(person, of) };
}

/** A conversation that both have joined. */
export async function converse(from: Person, to: Person): Promise<string> {
  const { room_id } = await from.do("POST", "/dms", { user_id: to.id });
  const isIn = async (person: Person, state: string) =>
    (await person.do("GET", "/dms")).dms
      .some((dm: { room_id: string; state: string }) =>
        dm.room_id === room_id && dm.state === state
      );
  await soon(`${to.id} to be asked`, () => isIn(to, "invited"));
  await to.do("POST", `/rooms/${room_id}/join`);
  for (const person of [from, to]) {
    await soon(`${person.id} to be there`, () => isIn(person, "joined"));
  }
  return room_id;
}

/** Devices of somebody as another one is told of them. */
export async function devicesSeenBy(person: Person, user: string): Promise<readonly DeviceId[]> {
  const { users } = await person.do("POST", "/identities", { users: [user] });
  return users[0].devices.map(({ device }: { device: DeviceId }) => device).sort();
}
