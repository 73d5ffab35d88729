import type { BrowserContext } from "playwright-core";
import { png } from "../harness/pictures.ts";
import type { ProcessServer } from "../harness/process_server.ts";
import { PASSWORD, type Person } from "../harness/homeserver.ts";

/** What the scene says in #general, one message each. */
export const TALK: readonly string[] = [
  "Hello **world**, see https://example.org and `code`",
  "||a spoiler|| and @everyone",
  "```ts\nconst a = 1;\n```",
  "> quoted\n\n1. one\n2. two\n\n| a | b |\n|---|---|\n| 1 | 2 |",
  "🙏",
  'Peas < beans & "kale", <b>surely</b>',
];

/** A guild in which every page has something to show; made through the API alone. */
export interface Scene {
  readonly server: ProcessServer;
  /** The administrator, owner of the guild. */
  readonly ann: Person;
  readonly bob: Person;
  readonly guildId: string;
  readonly roomId: string;
  readonly general: string;
  readonly roleId: string;
  readonly inviteCode: string;
  readonly dmRoom: string;
  readonly dmMessage: string;
  /** The first message of the guild. */
  readonly messageId: string;
  /** The message with a thread, and one in it. */
  readonly threadId: string;
  readonly threadMessageId: string;
  readonly resetToken: string;
  readonly templateCode: string;
}

/** Ann with a guild, and Bob, who came into it by her link; they have never talked. */
export async function twoInGuild(
  server: ProcessServer,
): Promise<{ readonly owner: Person; readonly guildId: string; readonly general: string }> {
  const owner = await server.register("ann");
  const { id: guildId, channels } = await owner.do("POST", "/guilds", { name: "Garden" });
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  const guest = await server.register("bob", code);
  await guest.do("POST", `/invites/${code}/accept`, {});
  return { owner, guildId, general: channels[0].id };
}

export async function makeScene(server: ProcessServer): Promise<Scene> {
  const ann = await server.register("ann");
  await ann.do("PATCH", "/account", { display_name: "Ann", bio: "Plants things", status: "out" });
  const guild = await ann.do("POST", "/guilds", { name: "Riverside Garden Club" });
  const general = guild.channels.find((each: { name: string }) => each.name === "general").id;
  await ann.do("PATCH", `/rooms/${encodeURIComponent(guild.id)}/channels/${general}`, {
    topic: "Beds, seeds and **weather**.\nNo trade.",
  });
  const invite = await ann.do("POST", "/invites", { guild_id: guild.id });
  await ann.do("PUT", `/guilds/${guild.id}/listing`, { listed: true });
  const bob = await server.register("bob", invite.code);
  const eve = await server.register("eve", invite.code);
  for (const each of [bob, eve]) await each.do("POST", `/invites/${invite.code}/accept`, {});
  const role = await ann.do("POST", "/roles", {
    guild_id: guild.id,
    name: "Stewards",
    color: "#2f7d4f",
    hoist: true,
  });
  const member = `/guilds/${guild.id}/members/${encodeURIComponent(bob.id)}`;
  await ann.do("PATCH", member, { roles: [role.id] });
  const ban = `/guilds/${guild.id}/bans/${encodeURIComponent(eve.id)}`;
  await ann.do("PUT", ban, { reason: "sold weeds", until_ts: Date.now() + 7 * 86_400_000 });
  const seats = { server, ann, bob, guildId: guild.id as string, roomId: guild.id as string };
  const talked = await talk(seats, general);
  const template = await ann.do("POST", `/guilds/${guild.id}/templates`, { name: "Garden club" });
  const dm = await ann.do("POST", "/dms", { user_id: bob.id });
  await bob.do("POST", `/rooms/${encodeURIComponent(dm.room_id)}/join`, {});
  const said = await bob.do("POST", `/rooms/${encodeURIComponent(dm.room_id)}/send`, {
    body: "Just us",
  });
  const reset = await ann.do("POST", `/admin/users/${encodeURIComponent(bob.id)}/reset-link`, {});
  return {
    ...seats,
    general,
    roleId: role.id,
    inviteCode: invite.code,
    dmRoom: dm.room_id,
    dmMessage: said.id,
    ...talked,
    templateCode: template.code,
    resetToken: new URL(reset.url).pathname.split("/").at(-1) ?? "",
  };
}

type Seats = Pick<Scene, "ann" | "bob" | "roomId">;

/** Returns the ids of the first message, and of one with a thread under it. */
async function talk(
  { ann, bob, roomId }: Seats,
  channel: string,
): Promise<Pick<Scene, "messageId" | "threadId" | "threadMessageId">> {
  const send = (who: Person, body: Record<string, unknown>) =>
    who.do("POST", `/rooms/${encodeURIComponent(roomId)}/send`, { channel_id: channel, ...body });
  const ids: string[] = [];
  for (const body of TALK) ids.push((await send(ann, { body })).id);
  const [first = ""] = ids;
  const threadId = ids[TALK.indexOf("🙏")] ?? "";
  const inThread = await send(bob, { body: "You are welcome", thread_id: threadId });
  const answer = await send(bob, { body: `An answer, <${ann.id}>`, reply_to: first });
  await send(bob, {
    media: [{ uri: await upload(bob, "red.png", png(24, 16)), alt: "Red and blue" }],
  });
  await bob.do(
    "PATCH",
    `/rooms/${encodeURIComponent(roomId)}/messages/${encodeURIComponent(answer.id)}`,
    {
      body: "An answer, thought over",
    },
  );
  await bob.do("POST", "/reactions", { room_id: roomId, event_id: first, key: "👍" });
  await ann.do("PUT", `/rooms/${encodeURIComponent(roomId)}/pins/${encodeURIComponent(first)}`, {
    on: true,
  });
  return { messageId: first, threadId, threadMessageId: inThread.id };
}

/** Uploads a file for a message. Returns its `mxc:` address. */
export async function upload(who: Person, name: string, bytes: Uint8Array): Promise<string> {
  const query = new URLSearchParams({ filename: name, purpose: "attachment" });
  const response = await fetch(`${who.api.url}/client/v1/media/upload?${query}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${who.token}` },
    body: new Uint8Array(bytes),
  });
  const body = await response.json();
  if (response.status !== 200) throw new Error(`upload ${name}: ${JSON.stringify(body)}`);
  return body.uri;
}

/** A session of a browser, as `name=value`. */
export async function sessionCookie(url: string, userName: string): Promise<string> {
  const response = await fetch(`${url}/client/v1/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user_name: userName, password: PASSWORD, transport: "cookie" }),
  });
  const [cookie] = (response.headers.get("set-cookie") ?? "").split(";");
  if (response.status !== 200 || !cookie) throw new Error(`login: ${await response.text()}`);
  await response.body?.cancel();
  return cookie;
}

/** Signs somebody in who registered through the API; `at`: under another address of the server. */
export async function signIn(context: BrowserContext, url: string, userName: string, at = url) {
  const [name = "", ...value] = (await sessionCookie(url, userName)).split("=");
  await context.addCookies([{ name, value: value.join("="), url: at, httpOnly: true }]);
}
