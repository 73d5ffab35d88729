/**
 * `deno task screenshots [NAME…]`: a guild with some life in it, and its pictures in `docs/` for
 * the README, all or those named. The people are made up; the call is a real one.
 */
import type { Browser } from "playwright-core";
import { channelPath } from "../../ui/lib/format/paths.ts";
import { launchBrowser, openPerson, type PersonOptions } from "../harness/browser.ts";
import type { Person } from "../harness/homeserver.ts";
import { type ProcessServer, startProcessServer } from "../harness/process_server.ts";
import { launchTalker } from "../harness/talker.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { settled } from "./people.ts";
import { signIn, upload } from "./scene.ts";
import { join, LOOPBACK_VOICE, panel, prepareForTones, rowOf } from "./voice/in_call.ts";

const FOLDER = new URL("../../docs/pictures/", import.meta.url).pathname;

/** A raised bed in the sun, drawn by the browser. */
const BED = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="400" viewBox="0 0 640 400">
  <rect width="640" height="400" fill="#cfe8ef"/><circle cx="520" cy="90" r="46" fill="#ffd166"/>
  <path d="M0 230Q160 170 320 222T640 205V400H0Z" fill="#9cc69b"/>
  <rect x="70" y="270" width="500" height="96" rx="6" fill="#8a5a33"/>
  <rect x="70" y="262" width="500" height="22" rx="6" fill="#5b3a22"/>
  ${
  [120, 200, 280, 360, 440, 520].map((x, i) =>
    `<path d="M${x} 264V${190 - (i % 3) * 22}" stroke="#2f7d4f" stroke-width="6"/>
     <ellipse cx="${x - 16}" cy="${216 - (i % 3) * 14}" rx="18" ry="9" fill="#3f9d63"/>
     <ellipse cx="${x + 16}" cy="${200 - (i % 3) * 16}" rx="18" ry="9" fill="#57b97c"/>`
  ).join("")
}</svg>`;

const WATER = `\`\`\`ts
/** Liters a bed wants today. */
export const liters = (areaM2: number, dryDays: number) =>
  Math.round(areaM2 * (4 + 1.5 * Math.min(dryDays, 4)));
\`\`\``;

interface Club {
  readonly server: ProcessServer;
  readonly guildId: string;
  /** Channel ids by name; all in the guild's own room. */
  readonly channels: ReadonlyMap<string, string>;
  readonly stewards: string;
}

async function found(server: ProcessServer, mira: Person): Promise<Club> {
  const guild = await mira.do("POST", "/guilds", { name: "Riverside Garden Club" });
  const channels = new Map<string, string>(
    guild.channels.map((each: { name: string; id: string }) => [each.name, each.id]),
  );
  const make = async (name: string, fields: Record<string, unknown>) => {
    const body = { guild_id: guild.id, kind: "text", name, ...fields };
    channels.set(name, (await mira.do("POST", "/channels", body)).id);
  };
  await make("Season", { kind: "category" });
  const parent = channels.get("Season");
  await make("seedlings", { parent, topic: "What is coming up, and what is not" });
  await make("harvest", { parent });
  await make("tool-shed", { parent });
  const role = await mira.do("POST", "/roles", {
    guild_id: guild.id,
    name: "Stewards",
    color: "#2f7d4f",
    hoist: true,
  });
  return { server, guildId: guild.id, channels, stewards: role.id };
}

async function populate(club: Club, mira: Person): Promise<Map<string, Person>> {
  const invite = await mira.do("POST", "/invites", { guild_id: club.guildId });
  const people = new Map([["mira", mira]]);
  for (const [name, display_name] of [["jonas", "Jonas"], ["tova", "Tova"], ["sami", "Sami"]]) {
    const person = await club.server.register(name ?? "", invite.code);
    await person.do("PATCH", "/account", { display_name });
    await person.do("POST", `/invites/${invite.code}/accept`, {});
    people.set(name ?? "", person);
  }
  for (const name of ["jonas", "mira"]) {
    const id = encodeURIComponent(people.get(name)?.id ?? "");
    await mira.do("PATCH", `/guilds/${club.guildId}/members/${id}`, { roles: [club.stewards] });
  }
  return people;
}

async function chat(club: Club, people: ReadonlyMap<string, Person>, picture: Uint8Array) {
  const who = (name: string): Person => {
    const person = people.get(name);
    if (!person) throw new Error(`Nobody here is called ${name}.`);
    return person;
  };
  const room = encodeURIComponent(club.guildId);
  const say = async (name: string, body: string, more: Record<string, unknown> = {}) =>
    (await who(name).do("POST", `/rooms/${room}/send`, {
      channel_id: club.channels.get("general"),
      body,
      ...more,
    })).id as string;
  const react = (name: string, event_id: string, key: string) =>
    who(name).do("POST", "/reactions", { room_id: club.guildId, event_id, key });
  await say("tova", "Good morning! The **north bed** is dug over and ready. 🌱");
  const plan = await say(
    "mira",
    "Lovely. Who has time on *Saturday*? We need:\n\n- two people for the beans\n- one with a drill for the trellis\n- cake",
  );
  await say("jonas", "I bring the poles and the drill.", { reply_to: plan });
  await say("sami", "Cake is on me 🍰", { reply_to: plan });
  for (const name of ["mira", "jonas", "tova"]) await react(name, plan, "🙌");
  const uri = await upload(who("tova"), "north-bed.png", picture);
  const seen = await say("tova", "Three days later:", {
    media: [{ uri, alt: "A raised bed with six young bean plants in the sun" }],
  });
  await react("sami", seen, "😍");
  await react("mira", seen, "🌱");
  await say("jonas", `How much to pour? This is what my script says:\n${WATER}`);
  const last = await say(
    "mira",
    `<${who("tova").id}> could you water on Thursday? The rest is in the plan.`,
  );
  await react("tova", last, "👍");
  await who("sami").do("POST", `/rooms/${room}/send`, {
    channel_id: club.channels.get("seedlings"),
    body: "The peas are up!",
  });
}

async function draw(browser: Browser): Promise<Uint8Array> {
  const page = await browser.newPage({ viewport: { width: 640, height: 400 } });
  await page.setContent(`<body style="margin:0">${BED}</body>`);
  const picture = await page.screenshot();
  await page.close();
  return picture;
}

const SHOTS: readonly { file: string; path: (club: Club) => string; look: PersonOptions }[] =
  (() => {
    const general = (club: Club) =>
      channelPath(club.guildId, {
        room_id: club.guildId,
        id: club.channels.get("general") ?? "",
        private: false,
      });
    const settings = (rest: string) => (club: Club) =>
      `/g/${encodeURIComponent(club.guildId)}/settings${rest}`;
    return [
      { file: "chat-light", path: general, look: {} },
      { file: "chat-dark", path: general, look: { dark: true } },
      { file: "chat-phone", path: general, look: { phone: true, dark: true } },
      {
        file: "permissions",
        path: (club) => settings(`/channels/${club.channels.get("general")}/permissions`)(club),
        look: {},
      },
      { file: "appearance", path: () => "/settings/appearance", look: { dark: true } },
    ];
  })();

/** Three in a call: one speaks with priority, one is muted, and one looks at it. */
async function shootCall({ server, guildId }: Club): Promise<void> {
  await using folder = await tempFolder();
  await using stack = new AsyncDisposableStack();
  const enter = async (name: string) => {
    const browser = await launchTalker(folder.path, 440);
    stack.defer(() => browser.close());
    const { context, page } = await openPerson(browser);
    await prepareForTones(context);
    await signIn(context, server.url, name);
    await page.goto(`${server.url}/g/${encodeURIComponent(guildId)}`);
    await settled(page);
    await join(page);
    return page;
  };
  const [mira, jonas] = [await enter("mira"), await enter("jonas")];
  await panel(mira).getByRole("button", { name: "Turn others down while you speak" }).click();
  await panel(jonas).getByRole("button", { name: "Mute", exact: true }).click();
  const tova = await enter("tova");
  await rowOf(tova, "Mira").getByText("speaks", { exact: true }).waitFor({ state: "attached" });
  await rowOf(tova, "Jonas").getByText("muted").waitFor({ state: "attached" });
  await panel(tova).getByText("Good connection").waitFor({ state: "attached" });
  await tova.screenshot({ path: `${FOLDER}call.png` });
  console.log("docs/pictures/call.png");
}

async function shoot(names: readonly string[]): Promise<void> {
  const isWanted = (name: string) => names.length === 0 || names.includes(name);
  await Deno.mkdir(FOLDER, { recursive: true });
  await using server = await startProcessServer(LOOPBACK_VOICE);
  const browser = await launchBrowser();
  const mira = await server.register("mira");
  await mira.do("PATCH", "/account", { display_name: "Mira" });
  const club = await found(server, mira);
  const people = await populate(club, mira);
  const shots = SHOTS.filter(({ file }) => isWanted(file));
  if (shots.length > 0) await chat(club, people, await draw(browser));
  const online = await Promise.all(
    ["mira", "jonas", "tova"].map((name) => people.get(name)?.connect()),
  );
  for (const { file, path, look } of shots) {
    await using person = await openPerson(browser, look);
    await signIn(person.context, server.url, file.startsWith("chat") ? "tova" : "mira");
    await person.page.goto(server.url + path(club));
    if (file.startsWith("chat")) await settled(person.page);
    await person.page.waitForLoadState("networkidle");
    await person.page.screenshot({ path: `${FOLDER}${file}.png` });
    console.log(`docs/pictures/${file}.png`);
  }
  for (const each of online) each?.[Symbol.dispose]();
  await browser.close();
  if (isWanted("call")) await shootCall(club);
}

if (import.meta.main) await shoot(Deno.args);
