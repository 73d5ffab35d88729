/** What real servers read from each other: the past, people, files, and what people do. */
import assert from "node:assert/strict";
import { nobleBlake3 } from "../../core/event/hash.ts";
import { encodeBase58Of32 } from "../../core/ids/base58.ts";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import { makeGuild, type Person } from "../harness/homeserver.ts";
import { waitFor } from "../harness/wait_for.ts";

const WAIT_MS = 60_000;
const SAID = 260;

interface Page {
  readonly messages: { readonly id: string; readonly body: string }[];
  readonly has_before: boolean;
  readonly remote_history?: { readonly state: string; readonly servers: string[] };
}

/** Scrolls up to the beginning, as a client does. */
async function scrollUp(person: Person, place: { guildId: string; general: string }) {
  const bodies: string[] = [];
  const base = `/rooms/${place.guildId}/messages?channel_id=${place.general}&limit=50`;
  let page: Page | undefined;
  for (let n = 0; n < 40 && (page === undefined || page.has_before); n++) {
    const oldest = page?.messages[0]?.id;
    const next: Page = await person.do(
      "GET",
      oldest === undefined ? base : `${base}&before=${encodeURIComponent(oldest)}`,
    );
    bodies.unshift(...next.messages.map(({ body }) => body));
    page = next.messages.length === 0 ? { ...next, messages: page?.messages ?? [] } : next;
  }
  return { bodies, page };
}

async function joinByLink(person: Person, owner: Person, guildId: string): Promise<void> {
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  await person.do("POST", "/join", { link: `${code}@one.test` });
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
async function uploadAs(purpose: "avatar" | "icon", server: FederatedServer, who: Person) {
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
  const seen = await scrollUp(bea, place);
  assert.deepEqual(seen.bodies, said);
  assert.equal(seen.page?.remote_history, undefined, "the real beginning");

  const cid = await three.register("cid");
  await joinByLink(cid, owner, guildId);
  await checked(cid, guildId);
  federation.cut(0, 2);
  const third = await scrollUp(cid, place);
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
  const { bodies, page } = await scrollUp(bea, { guildId, general });
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
  for (const picture of [face.uri, icon.uri]) {
    const shown = await waitFor("the picture", async () => {
      const got = await download(two, bea, picture);
      return got.status === 200 ? got : undefined;
    }, WAIT_MS);
    const [use]: { blake3: string | null }[] = await two.parts.database.sql`
      select blake3 from remote_media_uses where uri = ${picture}`;
    assert.equal(use?.blake3, encodeBase58Of32(nobleBlake3(shown.bytes)), "named by its hash");
  }

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

async function twoInvite(person: Person): Promise<{ code: string }> {
  const guild = await person.do("POST", "/guilds", { name: "Two's own" });
  return await person.do("POST", "/invites", { guild_id: guild.id });
}
