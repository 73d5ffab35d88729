/** What real servers read from each other: the past, people, files, and what people do. */
import assert from "node:assert/strict";
import { nobleBlake3 } from "../../core/event/hash.ts";
import { encodeBase58Of32 } from "../../core/ids/base58.ts";
import { bitsOf, formatBits } from "../../core/permissions/bits.ts";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import { makeGuild, type Person } from "../harness/homeserver.ts";
import { waitFor } from "../harness/wait_for.ts";

const WAIT_MS = 120_000;
const SAID = 260;

interface Page {
  readonly messages: { readonly id: string; readonly body: string }[];
  readonly has_before: boolean;
  readonly remote_history?: { readonly state: string; readonly servers: string[] };
}

/** Scrolls up to the beginning, as a client does, or to where nobody answers. */
async function scrollUp(
  person: Person,
  place: { guildId: string; general: string },
  end: "beginning" | "unavailable",
) {
  const bodies: string[] = [];
  const base = `/rooms/${place.guildId}/messages?channel_id=${place.general}&limit=50`;
  let page: Page | undefined;
  for (let n = 0; n < 40 && (page === undefined || page.has_before); n++) {
    const oldest = page?.messages[0]?.id;
    const next: Page = await waitFor("a page", async () => {
      const shown: Page = await person.do(
        "GET",
        oldest === undefined ? base : `${base}&before=${encodeURIComponent(oldest)}`,
      );
      // Other servers that take their time are asked on, and the reader looks again.
      const state = shown.remote_history?.state;
      return state === undefined || state === end ? shown : undefined;
    });
    bodies.unshift(...next.messages.map(({ body }) => body));
    page = next.messages.length === 0 ? { ...next, messages: page?.messages ?? [] } : next;
  }
  return { bodies, page };
}

async function joinByLink(person: Person, owner: Person, guildId: string): Promise<void> {
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  await person.do("POST", "/join", { link: `${code}@${owner.id.split(":")[1]}` });
}

async function checked(person: Person, guildId: string): Promise<void> {
  await waitFor(
    "the guild to be checked",
    async () => (await person.do("GET", `/guilds/${guildId}`)).checking === null,
    WAIT_MS,
  );
}

async function upload(server: FederatedServer, who: Person, bytes: Uint8Array, query = "") {
  const response = await fetch(`${server.url}/client/v1/media/upload?${query}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${who.token}` },
    body: bytes.slice(),
  });
  const body = await response.json();
  assert.equal(response.status, 200, JSON.stringify(body));
  return body as { uri: string };
}

/** A test has no process that draws pictures: what is said of their hash is true of any file. */
async function uploadAs(
  purpose: "avatar" | "icon" | "emoji",
  server: FederatedServer,
  who: Person,
) {
  const file = await upload(server, who, new TextEncoder().encode(`looks like ${purpose}`));
  const id = file.uri.split("/").at(-1) ?? "";
  await server.parts.database.sql`update media set purpose = ${purpose} where media_id = ${id}`;
  return file;
}

async function download(server: FederatedServer, who: Person, uri: string) {
  const path = uri.slice("mxc://".length);
  const response = await fetch(`${server.url}/client/v1/media/${path}`, {
    headers: { authorization: `Bearer ${who.token}` },
  });
  return {
    status: response.status,
    headers: response.headers,
    bytes: new Uint8Array(await response.arrayBuffer()),
  };
}

Deno.test("the past of a channel comes from other servers as one scrolls, also from a third", async () => {
  await using federation = await startServers(3);
  const [one, two, three] = federation.servers;
  assert.ok(one && two && three);
  const { owner, guildId, general } = await makeGuild(one, ["olga"]);
  const said: string[] = [];
  for (let n = 0; n < SAID; n++) {
    said.push(`word ${n}`);
    await owner.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body: `word ${n}` });
  }
  const place = { guildId, general };
  const bea = await two.register("bea");
  await joinByLink(bea, owner, guildId);
  await checked(bea, guildId);
  const seen = await scrollUp(bea, place, "beginning");
  assert.deepEqual(seen.bodies, said);
  assert.equal(seen.page?.remote_history, undefined, "the real beginning");

  const cid = await three.register("cid");
  await joinByLink(cid, owner, guildId);
  await checked(cid, guildId);
  federation.cut(0, 2);
  const third = await scrollUp(cid, place, "beginning");
  assert.deepEqual(third.bodies, said, "two has it too");
});

Deno.test("where nobody answers, a reader is told so instead of a false beginning", async () => {
  await using federation = await startServers(2);
  const [one, two] = federation.servers;
  assert.ok(one && two);
  const { owner, guildId, general } = await makeGuild(one, ["olga"]);
  for (let n = 0; n < SAID; n++) {
    await owner.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body: `word ${n}` });
  }
  const bea = await two.register("bea");
  await joinByLink(bea, owner, guildId);
  await checked(bea, guildId);
  federation.cut(0, 1);
  const { bodies, page } = await scrollUp(bea, { guildId, general }, "unavailable");
  assert.ok(bodies.length < SAID);
  assert.equal(page?.remote_history?.state, "unavailable");
  assert.deepEqual(page.remote_history.servers, ["one.test"]);
  const unknown = await bea.try("GET", "/users/@somebody:one.test");
  assert.equal(unknown.status, 503, "not there and not asked are two things");
  assert.match(unknown.body.error.message, /one\.test does not answer/);
});

Deno.test("people of another server have a face: profile, files, typing, presence", async () => {
  await using federation = await startServers(2);
  const [one, two] = federation.servers;
  assert.ok(one && two);
  const { owner, guildId, general } = await makeGuild(one, ["olga"]);
  const face = await uploadAs("avatar", one, owner);
  await owner.do("PATCH", "/account", { display_name: "Olga of One", avatar: face.uri });
  const bea = await two.register("bea");

  const found = await bea.do("GET", `/users/${encodeURIComponent("@olga@one.test")}`);
  assert.equal(found.display_name, "Olga of One");
  assert.equal((await bea.try("GET", "/users/@nobody:one.test")).status, 404);

  await joinByLink(bea, owner, guildId);
  await checked(bea, guildId);
  using hears = await bea.connect();
  using olgaHears = await owner.connect();
  hears.send({ op: "subscribe", d: { guild_id: guildId, user_ids: [owner.id] } });
  olgaHears.send({ op: "subscribe", d: { guild_id: guildId, user_ids: [bea.id] } });
  const file = new TextEncoder().encode("0123456789".repeat(20_000));
  const { uri } = await upload(one, owner, file, "filename=view.txt");
  const sent = await owner.do("POST", `/rooms/${guildId}/send`, {
    channel_id: general,
    body: "look",
    media: [{ uri }],
  });
  await waitFor("the message", () => hears.dispatches("message.create").length > 0, WAIT_MS);
  assert.equal(hears.dispatches("message.create")[0].author.display_name, "Olga of One");
  const copy = await download(two, bea, uri);
  assert.equal(copy.status, 200);
  assert.deepEqual(copy.bytes, file);
  assert.match(copy.headers.get("content-disposition") ?? "", /^attachment; filename="view.txt"/);
  const stranger = await two.register("stranger", (await twoInvite(bea)).code);
  assert.equal((await download(two, stranger, uri)).status, 404, "who may not read may not see");

  const icon = await uploadAs("icon", one, owner);
  await owner.do("PATCH", `/guilds/${guildId}`, { icon: icon.uri });
  const here = await uploadAs("avatar", one, owner);
  const own = `/guilds/${guildId}/members/${owner.id}`;
  assert.equal((await bea.try("PATCH", own, { guild_avatar: here.uri })).status, 403);
  assert.equal((await owner.try("PATCH", own, { guild_avatar: icon.uri })).status, 400);
  await owner.do("PATCH", own, { guild_avatar: here.uri });
  await waitFor("the picture of this guild", async () => {
    const { messages } = await bea.do(
      "GET",
      `/rooms/${guildId}/messages?channel_id=${general}`,
    );
    return messages.at(-1).guild_avatar === here.uri;
  }, WAIT_MS);
  for (const picture of [face.uri, icon.uri, here.uri]) {
    const shown = await waitFor("the picture", async () => {
      const got = await download(two, bea, picture);
      return got.status === 200 ? got : undefined;
    }, WAIT_MS);
    const [use]: { blake3: string | null }[] = await two.parts.database.sql`
      select blake3 from remote_media_uses where uri = ${picture}`;
    assert.equal(use?.blake3, encodeBase58Of32(nobleBlake3(shown.bytes)), "named by its hash");
  }
  await owner.do("PATCH", own, { guild_avatar: null });
  await waitFor("it to be gone", async () => (await bea.do("GET", own)).guild_avatar === null);
  assert.equal((await download(one, owner, here.uri)).status, 404, "nobody uses it any more");

  await owner.do("POST", `/rooms/${guildId}/typing`, { channel_id: general });
  await waitFor("typing", () => hears.dispatches("typing").length > 0, WAIT_MS);
  assert.equal(hears.dispatches("typing")[0].user.id, owner.id);
  await waitFor(
    "presence",
    () =>
      hears.dispatches("presence").some((each) =>
        each.user_id === owner.id && each.presence === "online"
      ) && olgaHears.dispatches("presence").some((each) => each.user_id === bea.id),
    WAIT_MS,
  );

  await owner.do("PATCH", "/account", { display_name: "Olga Anew", status: "baking" });
  await waitFor(
    "the new profile",
    () =>
      hears.dispatches("user.update").some((each) =>
        each.id === owner.id && each.display_name === "Olga Anew" && each.status === "baking"
      ),
    WAIT_MS,
  );

  await owner.do("POST", "/redact", {
    room_id: guildId,
    channel_id: general,
    event_ids: [sent.id],
  });
  await waitFor(
    "the copy to be gone",
    async () => (await download(two, bea, uri)).status === 404,
    WAIT_MS,
  );
});

Deno.test("people who were there before they met see at once that they are", async () => {
  await using federation = await startServers(3);
  const [one, two, three] = federation.servers;
  assert.ok(one && two && three);
  const { owner: olga, guildId } = await makeGuild(one, ["olga"]);
  const { owner: bea, guildId: other } = await makeGuild(two, ["bea"]);
  const cy = await three.register("cy");
  using olgaHears = await olga.connect();
  using beaHears = await bea.connect();
  using cyHears = await cy.connect();
  type Ears = typeof cyHears;
  const see = (ears: Ears, place: string, whom: Person) => {
    ears.send({ op: "subscribe", d: { guild_id: place, user_ids: [whom.id] } });
    return waitFor(
      `presence of ${whom.id}`,
      () =>
        ears.dispatches("presence").some((each) =>
          each.user_id === whom.id && each.presence === "online"
        ),
      WAIT_MS,
    );
  };
  // That somebody else sees them shows that what each server had to tell is told.
  for (const [owner, place] of [[olga, guildId], [bea, other]] as const) {
    await joinByLink(cy, owner, place);
    await checked(cy, place);
    await see(cyHears, place, owner);
  }
  await joinByLink(bea, olga, guildId);
  await checked(bea, guildId);
  await see(beaHears, guildId, olga);
  await see(olgaHears, guildId, bea);
});

async function twoInvite(person: Person): Promise<{ code: string }> {
  const guild = await person.do("POST", "/guilds", { name: "Two's own" });
  return await person.do("POST", "/invites", { guild_id: guild.id });
}

Deno.test("an emoji of a guild is everybody's on every server until it is removed", async () => {
  await using federation = await startServers(2);
  const [one, two] = federation.servers;
  assert.ok(one && two);
  const { owner, guildId, general } = await makeGuild(one, ["olga"]);
  const bea = await two.register("bea");
  await joinByLink(bea, owner, guildId);
  await checked(bea, guildId);
  const emojiOf = async (who: Person): Promise<{ name: string; uri: string }[]> =>
    (await who.do("GET", `/guilds/${guildId}`)).emoji;
  const path = (name: string) => `/guilds/${guildId}/emoji/${name}`;
  const picture = await uploadAs("emoji", one, owner);

  // Nothing changes where it may not.
  assert.equal((await bea.try("PUT", path("party"), picture)).status, 403);
  for (const name of ["x", "a".repeat(33), "par-ty", "p%C3%A4rty", "a%2Fb"]) {
    assert.equal((await owner.try("PUT", path(name), picture)).status, 400, name);
  }
  const icon = await uploadAs("icon", one, owner);
  assert.equal((await owner.try("PUT", path("party"), icon)).body.error.code, "invalid");
  assert.deepEqual(await emojiOf(owner), []);

  for (const name of ["party", "__proto__", "constructor"]) {
    await owner.do("PUT", path(name), await uploadAs("emoji", one, owner));
  }
  const again = await owner.try("PUT", path("party"), picture);
  assert.equal(again.body.error.code, "conflict");
  await waitFor("the emoji on two", async () => (await emojiOf(bea)).length === 3, WAIT_MS);
  assert.deepEqual(await emojiOf(bea), await emojiOf(owner));
  const uri = (await emojiOf(bea)).find(({ name }) => name === "party")?.uri ?? "";
  const seen = await download(two, bea, uri);
  assert.equal(seen.status, 200);
  assert.deepEqual(
    seen.bytes,
    (await download(one, owner, uri)).bytes,
    "served by one's own server",
  );

  // A reaction of another server names it; one that there is not is refused where it is made.
  const said = await owner.do("POST", `/rooms/${guildId}/send`, {
    channel_id: general,
    body: ":party:",
  });
  const react = { room_id: guildId, event_id: said.id, key: ":party:" };
  const seenByBea = async () =>
    (await bea.try("GET", `/rooms/${guildId}/messages/${encodeURIComponent(said.id)}`)).status;
  await waitFor("the message on two", async () => await seenByBea() === 200, WAIT_MS);
  assert.equal((await bea.try("POST", "/reactions", { ...react, key: ":none:" })).status, 400);
  await bea.do("POST", "/reactions", react);
  const reactions = async (who: Person) =>
    (await who.do("GET", `/rooms/${guildId}/messages/${encodeURIComponent(said.id)}`)).reactions
      .map(({ key, count }: { key: string; count: number }) => [key, count]);
  await waitFor("the reaction on one", async () => (await reactions(owner)).length === 1, WAIT_MS);
  assert.deepEqual(await reactions(owner), [[":party:", 1]]);

  // Called otherwise it stays itself, whoever's server renames it and under each of its names.
  const rename = (who: Person, from: string, name: string) =>
    who.try("PATCH", path(from), { name });
  const faults: [who: Person, from: string, to: string, code: string][] = [
    [bea, "party", "fiesta", "forbidden"],
    [owner, "party", "no-such", "invalid"],
    [owner, "party", "constructor", "conflict"],
    [owner, "none", "fiesta", "not_found"],
  ];
  for (const [who, from, to, code] of faults) {
    assert.equal((await rename(who, from, to)).body.error.code, code);
  }
  assert.deepEqual((await rename(owner, "party", "fiesta")).body, {
    name: "fiesta",
    uri,
    former: ["party"],
  });
  assert.equal((await owner.try("PUT", path("party"), picture)).body.error.code, "conflict");
  assert.equal((await rename(owner, "constructor", "party")).body.error.code, "conflict");
  const role = await owner.do("POST", "/roles", {
    guild_id: guildId,
    name: "Painters",
    bits: formatBits(bitsOf("MANAGE_EXPRESSIONS")),
  });
  const member = `/guilds/${guildId}/members/${encodeURIComponent(bea.id)}`;
  await owner.do("PATCH", member, { roles: [role.id] });
  await waitFor(
    "the right on two",
    async () => (await rename(bea, "fiesta", "gala")).status === 200,
    WAIT_MS,
  );
  const gala = { name: "gala", uri, former: ["party", "fiesta"] };
  await waitFor(
    "the last name on one",
    async () => (await emojiOf(owner)).some(({ name }) => name === "gala"),
    WAIT_MS,
  );
  for (const who of [owner, bea]) {
    assert.deepEqual((await emojiOf(who)).find(({ name }) => name === "gala"), gala);
  }
  for (const [server, who] of [[one, owner], [two, bea]] as const) {
    assert.equal((await download(server, who, uri)).status, 200);
  }
  const later = await owner.do("POST", `/rooms/${guildId}/send`, {
    channel_id: general,
    body: ":fiesta:",
  });
  await owner.do("POST", "/reactions", { ...react, event_id: later.id, key: ":fiesta:" });
  const { entries } = await owner.do("GET", `/guilds/${guildId}/audit?action=emoji.rename`);
  assert.deepEqual(
    entries.map((entry: { by: string; target: string }) => [entry.by, entry.target]),
    [[bea.id, "party"], [owner.id, "party"]],
  );

  assert.equal((await owner.try("DELETE", path("party"))).status, 404);
  await owner.do("DELETE", path("gala"));
  assert.equal((await owner.try("DELETE", path("gala"))).status, 404);
  await waitFor("its end on two", async () => (await emojiOf(bea)).length === 2, WAIT_MS);
  assert.equal((await download(two, bea, uri)).status, 404);
  assert.deepEqual(await reactions(bea), [[":party:", 1]], "its name stays");
});
