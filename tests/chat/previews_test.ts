import assert from "node:assert/strict";
import type { Clock } from "../../core/ports/clock.ts";
import type { Preview } from "../../core/api/preview.ts";
import { bitsOf, formatBits } from "../../core/permissions/bits.ts";
import { PREVIEW_LIMITS } from "../../server/services/previews/preview_limits.ts";
import { cleanPreviews } from "../../server/services/previews/preview_rows.ts";
import { systemClock } from "../../server/system/clock.ts";
import { makeGuild, startHomeserver } from "../harness/homeserver.ts";
import { endless, html, type Page, startPageServer } from "../harness/page_server.ts";
import { MemoryLog } from "../harness/parts.ts";
import { waitFor } from "../harness/wait_for.ts";

// What a page's picture comes to, and every hostile page: tests/previews_test.ts.

const titled = (title: string) => html(`<meta property="og:title" content="${title}">`);
const stream = (body: BodyInit) => new Response(body, { headers: { "content-type": "text/html" } });
const leads = (to: string): Page => () =>
  new Response(null, { status: 302, headers: { location: to } });

Deno.test("links get previews after the message, asked for by the server once", async (t) => {
  const dripping = Promise.withResolvers<void>();
  await using web = startPageServer({
    "/leaves": () => titled("Leaves"),
    ...Object.fromEntries(
      ["one", "two", "three", "four", "hidden", "last", "secret"].map((name) =>
        [`/${name}`, () => titled(name)] as const
      ),
    ),
    "/loop": leads("/loop"),
    "/inside": leads("http://127.0.0.1:1/"),
    "/endless": () => stream(endless("<head>", " ").body),
    "/drip": () => {
      dripping.resolve();
      return stream(
        new ReadableStream({
          start: (controller) => controller.enqueue(new TextEncoder().encode("<title>Dri")),
        }),
      );
    },
  });
  /** Ends the time of every page that is still under way. */
  let over = Promise.withResolvers<void>();
  const clock: Clock = {
    now: () => systemClock.now(),
    monotonic: () => systemClock.monotonic(),
    async sleep(ms, signal) {
      const isDeadline = ms > 5000 && ms <= PREVIEW_LIMITS.pageMs;
      if (!isDeadline) return await systemClock.sleep(ms, signal);
      // A busy machine is slow, not broken.
      await Promise.race([systemClock.sleep(3_600_000, signal), over.promise]);
    },
  };
  const log = new MemoryLog();
  await using server = await startHomeserver({
    clock,
    log,
    settings: { "previews.enabled": "true", "previews.test_origins": web.origin },
  });
  const { owner, members: [bob], guildId, general } = await makeGuild(server, ["ann", "bob"]);
  assert.ok(bob);
  const { sql } = server.parts.database;
  using bobs = await bob.connect();
  const say = async (body: string, person = owner): Promise<string> =>
    (await person.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body })).id;
  const shown = async (id: string): Promise<Preview[]> =>
    (await bob.do("GET", `/rooms/${guildId}/messages/${id}`)).previews ?? [];
  /** The message as bob hears of it once it has previews. */
  const told = (id: string) =>
    waitFor(
      `previews of ${id}`,
      () =>
        bobs.dispatches("message.update").find((message) => message.id === id && message.previews),
    );

  await t.step("in a dispatch and in the history", async () => {
    const id = await say(`look: ${web.origin}/leaves#part`);
    const { previews } = await told(id);
    const [created] = bobs.dispatches("message.create").filter((message) => message.id === id);
    assert.equal(created.previews, undefined, "no message waits for a page");
    assert.deepEqual(previews, [{
      url: `${web.origin}/leaves`,
      host: new URL(web.origin).host,
      site: null,
      title: "Leaves",
      description: null,
      picture: null,
    }]);
    const page = await bob.do("GET", `/rooms/${guildId}/messages?channel_id=${general}`);
    assert.deepEqual(page.messages.at(-1).previews, previews);
  });

  await t.step("by a stranger to the page, and once, however many bring its link", async () => {
    const ids = await Promise.all([
      ...[1, 2, 3].map(() => say(`${web.origin}/one`)),
      say(`again ${web.origin}/leaves`, bob),
    ]);
    for (const id of ids) assert.equal((await told(id)).previews.length, 1);
    assert.deepEqual(web.asked.map(({ path }) => path), ["/leaves", "/one"]);
    for (const { headers } of web.asked) {
      assert.match(headers.get("user-agent") ?? "", /^OpenGuildPreviews\/\S+ \(\+http/);
      for (const name of ["cookie", "authorization", "referer", "origin", "x-forwarded-for"]) {
        assert.equal(headers.get(name), null, name);
      }
    }
  });

  await t.step("for who was away as it was said", async () => {
    const { position } = bobs;
    const id = await say(`away: ${web.origin}/leaves`);
    await told(id);
    using back = await bob.connect(position);
    const created = await waitFor(
      "what was missed",
      () => back.dispatches("message.create").find((message) => message.id === id),
    );
    assert.deepEqual(created.previews, await shown(id));
    assert.equal(created.previews.length, 1);
  });

  await t.step("what loops, leads inside, has no end or drips gives nothing and ends", async () => {
    const id = await say(
      ["/loop", "/inside", "/endless"].map((path) => web.origin + path).join(" "),
    );
    const drip = await say(`${web.origin}/drip and ${server.url}/`, bob);
    await dripping.promise;
    const done = (event: string) =>
      waitFor("every page to be done with", async () => {
        const rows = await sql<{ open: boolean }[]>`
          select p.fresh_until = 0 or p.asking_until > 0 as open
          from message_previews m join link_previews p using (url) where m.event_id = ${event}`;
        return rows.length > 0 && rows.every(({ open }) => !open);
      });
    await done(id);
    const { resolve } = over;
    // What sleeps from now on does so.
    over = Promise.withResolvers();
    resolve();
    await done(drip);
    assert.deepEqual([await shown(id), await shown(drip)], [[], []]);
    assert.equal(
      web.asked.filter(({ path }) => path === "/loop").length,
      PREVIEW_LIMITS.redirects + 1,
    );
  });

  await t.step("pictures are for who is signed in", async () => {
    assert.equal((await server.call("GET", "/previews/unknown/picture")).status, 401);
    assert.equal((await bob.try("GET", "/previews/unknown/picture")).status, 404);
  });

  const titles = async (id: string) => (await shown(id)).map(({ title }) => title);
  const until = (id: string, wanted: readonly string[]) =>
    waitFor(
      `${wanted.join()} at ${id}`,
      async () => (await titles(id)).join() === wanted.join() || undefined,
    );

  await t.step("three of a message, none that is hidden", async () => {
    const hidden = `${web.origin}/hidden`;
    const quiet = await say(`<${hidden}> \`${hidden}\` ||${hidden}||\n\`\`\`\n${hidden}\n\`\`\``);
    const many = await say(
      ["one", "one", "two", "three", "four"].map((name) => `${web.origin}/${name}`).join(" "),
    );
    await until(many, ["one", "two", "three"]);
    assert.deepEqual(await titles(quiet), []);
    assert.deepEqual([web.count("/hidden"), web.count("/four")], [0, 0]);
  });

  await t.step("an edit changes them, a deletion leaves no trace of the link", async () => {
    const id = await say(`${web.origin}/one and ${web.origin}/two`);
    await until(id, ["one", "two"]);
    await owner.do("PATCH", `/rooms/${guildId}/messages/${id}`, {
      body: `<${web.origin}/one> ${web.origin}/last`,
    });
    await until(id, ["last"]);
    await owner.do("PATCH", `/rooms/${guildId}/messages/${id}`, { body: "nothing" });
    await until(id, []);
    const gone = await say(`${web.origin}/last?secret`);
    await until(gone, ["last"]);
    await owner.do("POST", "/redact", {
      room_id: guildId,
      channel_id: general,
      event_ids: [gone],
    });
    await waitFor(
      "the links of a deleted message to go",
      async () => (await sql`select 1 from message_previews where event_id = ${gone}`).length === 0,
    );
    await cleanPreviews(sql, { nowMs: systemClock.now(), keptMs: 1e12 });
    const left = await sql`select 1 from link_previews where url like '%secret'`;
    assert.equal(left.length, 0);
  });

  await t.step("without the right there is none", async () => {
    const roles = (await owner.do("GET", `/guilds/${guildId}`)).roles;
    const everyone = roles.find((role: { id: string }) => role.id === "everyone");
    const without = BigInt(`0x${everyone.bits}`) & ~bitsOf("EMBED");
    await owner.do("PATCH", `/guilds/${guildId}/roles/everyone`, {
      bits: formatBits(without),
    });
    const before = web.count("/four");
    const id = await say(`${web.origin}/four`, bob);
    await until(await say(`${web.origin}/two`), ["two"]);
    assert.deepEqual([await titles(id), web.count("/four")], [[], before]);
  });

  await t.step("somebody who wants none is told so, and everybody else is not", async () => {
    assert.equal((await bob.do("GET", "/account")).show_previews, true);
    await bob.do("PATCH", "/account/preferences", { show_previews: false });
    assert.equal((await bob.do("GET", "/account")).show_previews, false);
    assert.equal((await owner.do("GET", "/account")).show_previews, true);
  });

  await t.step(
    "a sender of something encrypted is told of a link, and nothing is kept",
    async () => {
      const tables = async () => {
        const [links] = await sql`select count(*)::int as n from link_previews`;
        const [messages] = await sql`select count(*)::int as n from message_previews`;
        return [links?.n, messages?.n];
      };
      const before = await tables();
      const asked = web.count("/secret");
      const look = (url: string) => bob.try("POST", "/previews", { url });
      const { body } = await look(`${web.origin}/secret#part`);
      assert.deepEqual(body.preview, {
        ...{ url: `${web.origin}/secret`, title: "secret", site: null, description: null },
      });
      assert.equal(web.count("/secret"), asked + 1);
      assert.deepEqual((await look(`${web.origin}/loop`)).body, { preview: null });
      assert.deepEqual((await look("http://127.0.0.1:1/")).body, { preview: null });
      const refused = await look("file:///etc/passwd");
      assert.equal(refused.body.error.code, "invalid");
      assert.ok(!refused.body.error.message.includes("passwd"));
      assert.deepEqual(await tables(), before);
      assert.ok(!JSON.stringify(log.lines).includes("secret"));
      let last = refused;
      for (let n = 0; n < PREVIEW_LIMITS.authorLinks; n++) last = await look("http://10.0.0.1/");
      assert.equal(last.body.error.code, "rate_limited");
      assert.ok(last.body.error.details.retry_after_ms > 0);
    },
  );
});
