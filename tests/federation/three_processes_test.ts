/**
 * Three servers as people run them: a process and a Postgres database each, TCP links between
 * them. Parted in the middle of a moderation fight, killed and started again under load, healed:
 * equal states, equal timelines, nothing acknowledged lost or doubled, and no word of a hidden
 * channel where nobody may read it.
 */
import assert from "node:assert/strict";
import { stateHash } from "../../core/state/state_hash.ts";
import { nobleBlake3 } from "../../core/event/hash.ts";
import { type ControlEvent, isControlEvent } from "../../core/event/event.ts";
import { parsePdu } from "../../core/event/parse_pdu.ts";
import { bitsOf, formatBits } from "../../core/permissions/bits.ts";
import { StateMap } from "../../core/state/state_map.ts";
import { freePort } from "../../scripts/lib/free_port.ts";
import { type Link, openLink } from "../harness/link.ts";
import { freshDatabase, type TestDatabase } from "../harness/postgres.ts";
import { type ServerProcess, startServerProcess } from "../harness/server_process.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { waitFor } from "../harness/wait_for.ts";

const NAMES = ["one.test", "two.test", "three.test"] as const;
const PASSWORD = "a long enough passphrase, truly 42";
const HEAL_MS = 240_000;

/** A server that is killed and started again on the same database, folder and port. */
class Place {
  process: ServerProcess | undefined;
  token = "";
  user = "";

  constructor(
    readonly name: string,
    readonly port: number,
    readonly database: TestDatabase,
    readonly folder: string,
    readonly peers: string,
  ) {}

  async start(): Promise<void> {
    this.process = await startServerProcess({
      dataFolder: this.folder,
      port: this.port,
      databaseUrl: this.database.url,
      env: {
        OPENGUILD_NAME: this.name,
        OPENGUILD_PUBLIC_URL: `http://127.0.0.1:${this.port}`,
        OPENGUILD_FEDERATION_TEST_PEERS: this.peers,
        OPENGUILD_FEDERATION_REQUESTS_PER_MINUTE: "1000000",
      },
    });
  }

  async kill(): Promise<void> {
    await this.process?.kill();
    this.process = undefined;
  }

  async register(userName: string): Promise<void> {
    const answer = await this.do("POST", "/register", {
      user_name: userName,
      password: PASSWORD,
      token: this.process?.setupCode,
    });
    this.token = answer.tokens.access_token;
    this.user = answer.user_id;
  }

  // deno-lint-ignore no-explicit-any -- answers of several operations
  async do(method: string, path: string, body?: unknown): Promise<any> {
    const response = await fetch(`http://127.0.0.1:${this.port}/client/v1${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        ...(this.token === "" ? {} : { authorization: `Bearer ${this.token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${this.name} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** The hash of the resolved state, from what is stored. */
  async stateHash(roomId: string): Promise<string> {
    const rows = await this.database.sql<{ pdu: string }[]>`
      select e.pdu from current_state s join events e using (room_id, event_id)
      where s.room_id = ${roomId}`;
    const events = rows.map(({ pdu }): ControlEvent => {
      const parsed = parsePdu(new TextEncoder().encode(pdu));
      assert(parsed.kind === "event" && isControlEvent(parsed.event));
      return parsed.event;
    });
    return stateHash(StateMap.from(events), nobleBlake3);
  }

  /** Accepted events of a channel in the order in which they are shown. */
  async timeline(roomId: string, channelId: string): Promise<{ id: string; body: string }[]> {
    const rows = await this.database.sql<{ event_id: string; pdu: string }[]>`
      select event_id, pdu from events
      where room_id = ${roomId} and channel_id = ${channelId} and outcome = 'accepted'
      order by timeline_order, event_hash`;
    return rows.map(({ event_id: id, pdu }) => ({ id, body: JSON.parse(pdu).content.body }));
  }

  /** How often a text stands anywhere in the database. */
  async findText(text: string): Promise<number> {
    const tables = await this.database.sql<{ name: string }[]>`
      select quote_ident(table_name) as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE'`;
    let found = 0;
    for (const { name } of tables) {
      const [row] = await this.database.sql.unsafe(
        `select count(*)::int as n from ${name} t where position($1 in t::text) > 0`,
        [text],
      );
      found += row?.["n"] ?? 0;
    }
    return found;
  }
}

/** Somebody who talks all the time, and what their server acknowledged. */
class Talker {
  readonly acknowledged: string[] = [];
  #stopping = false;
  #work: Promise<void>;

  constructor(place: Place, at: { roomId: string; channelId: string }) {
    this.#work = this.#talk(place, at);
  }

  async #talk(place: Place, at: { roomId: string; channelId: string }): Promise<void> {
    for (let n = 1; !this.#stopping; n++) {
      const body = `${place.name} says ${n}`;
      // The nonce makes a repetition the same message: the answer may be lost with the process.
      const message = { channel_id: at.channelId, body, nonce: `${place.name}-${n}` };
      while (!this.#stopping) {
        try {
          await place.do("POST", `/rooms/${at.roomId}/send`, message);
          this.acknowledged.push(body);
          break;
        } catch {
          await sleep(100);
        }
      }
      await sleep(30);
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#work;
  }
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function openPlaces(stack: AsyncDisposableStack) {
  const ports = NAMES.map(() => freePort());
  const links = new Map<string, Link>();
  for (const from of NAMES.keys()) {
    for (const to of NAMES.keys()) {
      if (from === to) continue;
      links.set(`${from} ${to}`, stack.use(openLink({ port: ports[to] as number })));
    }
  }
  const places: Place[] = [];
  for (const [at, name] of NAMES.entries()) {
    const database = stack.use(await freshDatabase({ migrated: false }));
    const folder = stack.use(await tempFolder()).path;
    const peers = NAMES.flatMap((peer, to) =>
      to === at ? [] : [`${peer}=http://127.0.0.1:${links.get(`${at} ${to}`)?.port}`]
    );
    const place = new Place(name, ports[at] as number, database, folder, peers.join(","));
    places.push(place);
    stack.defer(async () => {
      await place.process?.stop();
    });
  }
  await Promise.all(places.map((place) => place.start()));
  const part = (alone: number, act: "cut" | "heal") => {
    for (const [way, link] of links) if (way.split(" ").includes(String(alone))) link[act]();
  };
  return { places: places as [Place, Place, Place], part };
}

Deno.test("three real servers: parted in a moderation fight, killed under load, healed: equal, and nothing acknowledged is lost or doubled", async () => {
  await using stack = new AsyncDisposableStack();
  const { places, part } = await openPlaces(stack);
  const [one, two, three] = places;
  await one.register("ann");
  await two.register("bob");
  await three.register("cat");
  const guild = await one.do("POST", "/guilds", { name: "Three" });
  const roomId: string = guild.id;
  const { code } = await one.do("POST", "/invites", { guild_id: roomId });
  for (const place of [two, three]) {
    await place.do("POST", "/join", { link: `${code}@one.test` });
    await waitFor(`${place.name} to have checked the guild`, async () => {
      const { checking } = await place.do("GET", `/guilds/${roomId}`);
      return checking === null;
    });
  }
  const general = guild.channels.find((each: { kind: string }) => each.kind === "text").id;
  const deny = [{ target: "everyone", allow: "0", deny: formatBits(bitsOf("VIEW_CHANNEL")) }];
  const hidden = await one.do("POST", "/channels", {
    guild_id: roomId,
    kind: "text",
    name: "hidden",
    entries: deny,
  });
  const role = await one.do("POST", "/roles", {
    guild_id: roomId,
    name: "Moderator",
    bits: formatBits(bitsOf("KICK", "BAN", "MANAGE_MESSAGES", "MANAGE_GUILD")),
  });
  await one.do("PATCH", `/guilds/${roomId}/members/${encodeURIComponent(two.user)}`, {
    roles: [role.id],
  });
  await waitFor("bob to be a moderator on his own server", async () => {
    const member = await two.do("GET", `/guilds/${roomId}/members/${encodeURIComponent(two.user)}`);
    return member.roles.includes(role.id);
  });

  const secret = `secret ${crypto.randomUUID()}`;
  const talkers = places.map((place) => new Talker(place, { roomId, channelId: general }));
  stack.defer(async () => {
    await Promise.all(talkers.map((talker) => talker.stop()));
  });
  await one.do("POST", `/rooms/${roomId}/send`, { channel_id: hidden.id, body: secret });
  await sleep(1500);

  // two is alone: its moderator and the owner act against each other.
  part(1, "cut");
  await two.do("PATCH", `/guilds/${roomId}`, { name: "Bob's" });
  await one.do("PATCH", `/guilds/${roomId}`, { name: "Ann's" });
  await one.do("PATCH", `/guilds/${roomId}/members/${encodeURIComponent(two.user)}`, { roles: [] });
  await two.do("PATCH", `/guilds/${roomId}`, { description: "written while nobody knew" });
  await sleep(1000);
  await three.kill();
  await sleep(500);
  await one.kill();
  await Promise.all([one.start(), three.start()]);
  await sleep(1500);
  await two.kill();
  await two.start();
  part(1, "heal");
  await sleep(2000);
  // On a busy machine a server that was killed needs longer to be spoken to again.
  await waitFor(
    "everybody to have been heard",
    () => talkers.every(({ acknowledged }) => acknowledged.length > 20),
    HEAL_MS,
  );
  await Promise.all(talkers.map((talker) => talker.stop()));

  // Everybody says something last: what parted is joined by it.
  for (const place of places) {
    await place.do("PATCH", `/guilds/${roomId}/members/${encodeURIComponent(place.user)}`, {
      nickname: `last of ${place.name}`,
    });
  }
  const said = talkers.flatMap(({ acknowledged }) => acknowledged);
  await waitFor("states and timelines to be equal", async () => {
    const hashes = await Promise.all(places.map((place) => place.stateHash(roomId)));
    const lines = await Promise.all(places.map((place) => place.timeline(roomId, general)));
    return new Set(hashes).size === 1 &&
      lines.every((line) => line.length === lines[0]?.length) &&
      new Set(lines.map((line) => line.map(({ id }) => id).join())).size === 1;
  }, HEAL_MS);
  for (const place of places) {
    const bodies = (await place.timeline(roomId, general)).map(({ body }) => body);
    const counts = new Map<string, number>();
    for (const body of bodies) counts.set(body, (counts.get(body) ?? 0) + 1);
    const lost = said.filter((body) => !counts.has(body));
    assert.deepEqual(lost, [], `${place.name} lacks ${lost.length} of ${said.length}`);
    const doubled = [...counts].filter(([, count]) => count > 1);
    assert.deepEqual(doubled, [], `${place.name} has some twice`);
    const { name } = await place.do("GET", `/guilds/${roomId}`);
    assert.equal(name, "Ann's", "who lost the rank first changed nothing");
  }
  assert(
    await one.findText(secret) > 0,
    "control: the server of the hidden channel holds its text",
  );
  assert.equal(await two.findText(secret), 0);
  assert.equal(await three.findText(secret), 0);
  const planted = said[0] as string;
  assert(await three.findText(planted) > 0, "control: a text that is there is found");
});
