/**
 * Two processes of one homeserver on one Postgres, and another homeserver that knows one of them:
 * joins are handled by one, what happens arrives at the other. Each process has a NATS server of
 * its own, so that every word between them is lost: what matters must be in the database.
 */
import { freePort } from "../../scripts/lib/free_port.ts";
import { type Homeserver, makeGuild, Person, startHomeserver } from "../harness/homeserver.ts";
import { startNats } from "../harness/nats.ts";
import { waitFor } from "../harness/wait_for.ts";

const WAIT_MS = 120_000;

interface World {
  /** The other homeserver; its requests to two.test all go to `right`. */
  readonly one: Homeserver;
  /** Where people of two.test join. */
  readonly left: Homeserver;
  readonly right: Homeserver;
}

/** The same account at the other process. */
function at(server: Homeserver, person: Person): Person {
  return new Person(server, person.id, person.token);
}

async function openWorld(stack: AsyncDisposableStack): Promise<World> {
  const [onePort, leftPort, rightPort] = [freePort(), freePort(), freePort()];
  const own = (port: number) => ({
    "listen.port": String(port),
    "server.public_url": `http://127.0.0.1:${port}`,
  });
  const peer = (name: string, port: number) => ({
    "federation.test_peers": `${name}=http://127.0.0.1:${port}`,
    "federation.requests_per_minute": "1000000",
  });
  const one = stack.use(
    await startHomeserver({
      settings: {
        "server.name": "one.test",
        ...own(onePort),
        ...peer("two.test", rightPort),
      },
    }),
  );
  const settings = {
    "server.name": "two.test",
    ...peer("one.test", onePort),
  };
  const left = stack.use(
    await startHomeserver({
      settings: { ...settings, ...own(leftPort), "bus.nats_url": stack.use(await startNats()).url },
    }),
  );
  const right = stack.use(
    await startHomeserver({
      settings: {
        ...settings,
        ...own(rightPort),
        "bus.nats_url": stack.use(await startNats()).url,
      },
      databaseUrl: left.databaseUrl,
    }),
  );
  return { one, left, right };
}

async function bodies(person: Person, guildId: string, channelId: string): Promise<string[]> {
  const path = `/rooms/${guildId}/messages?channel_id=${channelId}`;
  const { status, body } = await person.try("GET", path);
  return status === 200 ? body.messages.map((each: { body: string }) => each.body) : [];
}

/** Checks of joined rooms wait until they are let go. */
async function holdChecks(server: Homeserver): Promise<() => Promise<void>> {
  const { sql } = server.parts.database;
  await sql`alter table joining_rooms alter column lease_until set default 9000000000000`;
  return async () => {
    await sql`alter table joining_rooms alter column lease_until set default 0`;
    await sql`update joining_rooms set lease_until = 0`;
  };
}

Deno.test("a join at one process holds at both, although every word between them is lost", async (t) => {
  await using stack = new AsyncDisposableStack();
  const { one, left, right } = await openWorld(stack);
  const { owner, guildId, general } = await makeGuild(one, []);
  const say = (person: Person, body: string) =>
    person.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body });
  const reads = async (person: Person, body: string) => {
    await waitFor(
      `${person.id} to read ${body}`,
      async () => (await bodies(person, guildId, general)).includes(body) || undefined,
      WAIT_MS,
    );
  };
  const link = async () => {
    const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
    return { link: `${code}@one.test` };
  };
  const bob = await left.register("bob");
  const bobRight = at(right, bob);
  await say(owner, "before");
  using socket = await bobRight.connect();

  await t.step("joined at the left, he is in at the right, where the news arrive", async () => {
    const letGo = await holdChecks(left);
    const under = bob.do("POST", "/join", await link());
    await waitFor("the right to know of the check", async () => {
      const { status, body } = await bobRight.try("GET", `/guilds/${guildId}`);
      return status === 200 && body.checking !== null || undefined;
    }, WAIT_MS);
    for (let n = 0; n < 10; n++) await say(owner, `meanwhile ${n}`);
    await letGo();
    await under;
    await say(owner, "after");
    for (const person of [bob, bobRight]) {
      await reads(person, "before");
      for (let n = 0; n < 10; n++) await reads(person, `meanwhile ${n}`);
      await reads(person, "after");
      await waitFor(
        "the check",
        async () => (await person.do("GET", `/guilds/${guildId}`)).checking === null || undefined,
        WAIT_MS,
      );
    }
    await waitFor(
      "the guild on the socket",
      () =>
        socket.dispatches("guild.update").some(({ id, checking }) =>
          id === guildId && checking === null
        ),
      WAIT_MS,
    );
  });

  await t.step("what he says at either is heard", async () => {
    await say(bob, "from the left");
    await say(bobRight, "from the right");
    await reads(owner, "from the left");
    await reads(owner, "from the right");
    await reads(bob, "from the right");
    await reads(bobRight, "from the left");
  });

  await t.step("somebody else comes in at the right, and is there at the left", async () => {
    const { code } = await bob.do("POST", "/guilds", { name: "Two's own" })
      .then((guild) => bob.do("POST", "/invites", { guild_id: guild.id }));
    const cat = await right.register("cat", code);
    await cat.do("POST", "/join", await link());
    const catLeft = at(left, cat);
    await waitFor(
      "the left to know",
      async () => (await catLeft.try("GET", `/guilds/${guildId}`)).status === 200 || undefined,
      WAIT_MS,
    );
    await say(catLeft, "cat is here");
    for (const person of [owner, bob, bobRight, cat]) await reads(person, "cat is here");
  });

  await t.step("sent away he is out at both, and comes back at the other one", async () => {
    await owner.do("DELETE", `/guilds/${guildId}/members/${bob.id}`, {});
    for (const person of [bob, bobRight]) {
      await waitFor(
        "bob to be out",
        async () => (await person.try("GET", `/guilds/${guildId}`)).status === 404 || undefined,
        WAIT_MS,
      );
    }
    await say(owner, "while nobody of two was there");
    await bobRight.do("POST", "/join", await link());
    await say(owner, "welcome back");
    for (const person of [bob, bobRight]) {
      await reads(person, "welcome back");
      await reads(person, "while nobody of two was there");
    }
    await say(bob, "thank you");
    for (const person of [owner, bobRight]) await reads(person, "thank you");
    await waitFor(
      "his device at the right to hear it",
      () => socket.dispatches("message.create").some(({ body }) => body === "thank you"),
      WAIT_MS,
    );
  });
});
