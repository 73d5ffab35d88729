/** Proof goal G25: text of others stays text, in every place of the pages that shows it. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { channelPath, guildPath } from "../../ui/lib/format/paths.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import type { Person } from "../harness/homeserver.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { waitFor } from "../harness/wait_for.ts";
import { BOMBS, HOSTILE, HOSTILE_SHORT, naughtyStrings } from "./hostile_strings.ts";
import { plantHole, type Watch, watchPage } from "./injection.ts";
import { settled } from "./people.ts";
import { makeScene, type Scene, signIn, upload } from "./scene.ts";

/** Elements that one message may become; the bombs are 4,000 characters long. */
const ROW_ELEMENTS = 2100;

Deno.test("the same watch finds what the texts do where a page has a hole", async () => {
  const browser = await launchBrowser();
  const harmless = await plantHole(browser, ["good morning", "a < b & c"]);
  assert.deepEqual([harmless.deeds, await harmless.inspect()], [[], []]);
  const whole = HOSTILE.filter((text) =>
    /^<(?:img|svg|iframe src="java|p style|a href)/.test(text)
  );
  const hole = await plantHole(browser, [...whole, "<script>hit(1)</script>"]);
  const ran = hole.deeds.filter((deed) => deed.startsWith("ran "));
  assert.ok(ran.length >= 3, `${ran.length} scripts ran`);
  assert.ok(hole.deeds.some((deed) => deed.startsWith("asked https://evil.test/")));
  const inspected = (await hole.inspect()).join("\n");
  for (const sort of [/has on/, /has style/, /href=.*javascript:/, /<IFRAME>/, /<SCRIPT>/i]) {
    assert.match(inspected, sort);
  }
  await browser.close();
});

Deno.test("text of others stays text: nothing runs, nothing foreign is asked", async (t) => {
  await using server = await startProcessServer({ OPENGUILD_NAME: "garden.test" });
  const scene = await makeScene(server);
  const browser = await launchBrowser();
  await using bob = await openPerson(browser);
  await using stranger = await openPerson(browser);
  await signIn(bob.context, server.url, "ann");
  const { page } = bob;
  const watch = await watchPage(bob.context, page, server.url);
  const outside = await watchPage(stranger.context, stranger.page, server.url);
  const channel = server.url +
    channelPath(scene.guildId, { room_id: scene.roomId, id: scene.general, private: false });
  const clean = async (where: string, watched: Watch = watch) => {
    assert.deepEqual(await watched.inspect(), [], where);
    assert.deepEqual(watched.deeds, [], where);
  };
  await page.goto(channel);
  await settled(page);

  await t.step("the policy of the page is in force", async () => {
    const tried = await page.evaluate(() => {
      try {
        document.createElement("div").innerHTML = "<b>planted</b>";
        return "taken";
      } catch (error) {
        return (error as Error).name;
      }
    });
    assert.equal(tried, "TypeError");
    await waitFor("the report", () => watch.deeds.join().includes("require-trusted-types-for"));
    watch.deeds.length = 0;
    bob.faults.length = 0;
  });

  await t.step("as messages, arriving one by one and in pages of history", async () => {
    const texts = [...HOSTILE, ...await naughtyStrings()];
    const ids = await sayAll(scene, texts, { page, clean });
    // Empty ones and the worst control characters are refused.
    assert.ok(ids.length > 0.9 * texts.length, `${ids.length} of ${texts.length} were taken`);
    for (let at = 25; at < ids.length; at += 50) {
      await page.goto(`${channel}/${(ids[at] ?? "").replace("$", "")}`);
      await settled(page);
      await clean(`the page around message ${at}`);
    }
  });

  await t.step(
    "markdown that means much work becomes a bounded row, and the page lives",
    async () => {
      await page.goto(channel);
      await settled(page);
      for (const bomb of BOMBS) await say(scene.ann, scene, bomb);
      await say(scene.ann, scene, "after the bombs");
      await page.locator("article", { hasText: "after the bombs" }).waitFor();
      const sizes = await page.evaluate(() =>
        [...document.querySelectorAll("article")].map((row) => row.querySelectorAll("*").length)
      );
      assert.ok(Math.max(...sizes) <= ROW_ELEMENTS, `a row of ${Math.max(...sizes)} elements`);
      await clean("after the bombs");
    },
  );

  await t.step("as every name, topic, status, role, file and description", async () => {
    const taken = new Map<string, number>();
    for (const text of HOSTILE_SHORT) {
      for (const place of await fillPlaces(scene, text)) {
        taken.set(place, (taken.get(place) ?? 0) + 1);
      }
      await say(scene.bob, scene, `mark ${HOSTILE_SHORT.indexOf(text)}`);
      await page.locator("article", { hasText: `mark ${HOSTILE_SHORT.indexOf(text)}` }).waitFor();
      await clean(`live, ${JSON.stringify(text)}`);
    }
    assert.equal(taken.size, PLACES, `${[...taken.keys()]}`);
    for (const [place, count] of taken) assert.ok(count >= 4, `${place} took ${count}`);
    await visitPages(scene, { channel, watch, outside, clean });
  });

  assert.deepEqual([...bob.faults, ...stranger.faults], []);
  await browser.close();
});

async function say(who: Person, scene: Scene, body: string): Promise<string | undefined> {
  const { status, body: answer } = await who.try(
    "POST",
    `/rooms/${encodeURIComponent(scene.roomId)}/send`,
    { channel_id: scene.general, body },
  );
  // Text without a letter is no message; everything else comes back as it was sent.
  if (status === 400) return undefined;
  assert.equal(status, 200, JSON.stringify(answer));
  if (body.isWellFormed()) assert.equal(answer.body, body);
  return answer.id;
}

interface Looking {
  readonly page: Page;
  readonly clean: (where: string) => Promise<void>;
}

/** Sends the texts, looking at the page now and then. Returns the ids of what was taken. */
async function sayAll(scene: Scene, texts: readonly string[], { page, clean }: Looking) {
  const ids: string[] = [];
  for (const [at, text] of texts.entries()) {
    const id = await say(scene.ann, scene, text);
    if (id !== undefined) ids.push(id);
    if (at % 100 !== 99) continue;
    const last = page.locator(`article[data-row="${ids.at(-1)}"]`);
    await last.waitFor({ state: "attached" });
    await clean(`live, after ${at + 1} messages`);
  }
  return ids;
}

const PLACES = 13;

/** Puts a text wherever people can put one. Returns the places that took it. */
async function fillPlaces(scene: Scene, text: string): Promise<string[]> {
  const { ann, bob, guildId, roomId, general } = scene;
  const guild = `/guilds/${encodeURIComponent(guildId)}`;
  const room = `/rooms/${encodeURIComponent(roomId)}`;
  const taken: string[] = [];
  const put = async (place: string, who: Person, method: string, path: string, body: unknown) => {
    const { status, body: answer } = await who.try(method, path, body);
    assert.ok(status === 200 || status === 400, `${place}: ${status} ${JSON.stringify(answer)}`);
    if (status === 200) taken.push(place);
  };
  await put("display name", bob, "PATCH", "/account", { display_name: text.slice(0, 64) });
  await put("bio", bob, "PATCH", "/account", { bio: text });
  await put("status", bob, "PATCH", "/account", { status: text });
  await put("guild name", ann, "PATCH", guild, { name: text.slice(0, 100) });
  await put("description", ann, "PATCH", guild, { description: text });
  await put("nickname", ann, "PATCH", `${guild}/members/${encodeURIComponent(ann.id)}`, {
    nickname: text.slice(0, 64),
  });
  await put("topic", ann, "PATCH", `${room}/channels/${general}`, { topic: text });
  await put("channel name", ann, "POST", "/channels", {
    guild_id: guildId,
    kind: "text",
    name: text.slice(0, 100),
  });
  await put("role name", ann, "POST", "/roles", {
    guild_id: guildId,
    name: text.slice(0, 64),
    color: "#7a2f2f",
    hoist: true,
  });
  await put("reason", ann, "PATCH", guild, { description: "Plants", reason: text });
  await put("reaction", bob, "POST", "/reactions", {
    room_id: roomId,
    event_id: scene.messageId,
    key: text.slice(0, 64),
  });
  const file = new TextEncoder().encode(text);
  const uri = await upload(bob, text.slice(0, 100), file).catch(() => undefined);
  if (uri !== undefined) {
    taken.push("file name");
    const media = [{ uri, alt: text }];
    await put("alt text", bob, "POST", `${room}/send`, { channel_id: general, body: text, media });
  }
  return taken;
}

/** The same once more as the server draws it, and where names stand beside the timeline. */
async function visitPages(
  scene: Scene,
  looking: {
    channel: string;
    watch: Watch;
    outside: Watch;
    clean: (where: string, watch?: Watch) => Promise<void>;
  },
): Promise<void> {
  const { watch: { page }, outside, clean, channel } = looking;
  const settings = `${guildPath(scene.guildId)}/settings`;
  const paths = ["", "/roles", "/channels", "/members", "/audit", "/invites", "/me"]
    .map((rest) => settings + rest);
  const root = new URL(channel).origin;
  for (const path of [...paths, `/admin/users/${encodeURIComponent(scene.bob.id)}`, "/home"]) {
    await page.goto(root + path);
    await clean(path);
  }
  await outside.page.goto(`${root}/invite/${scene.inviteCode}`);
  await clean("the invite", outside);
  await page.goto(channel);
  await settled(page);
  await clean("the channel as the server draws it");
  await page.keyboard.press("Control+k");
  await page.locator("dialog[open] input").fill("s");
  await clean("the quick switcher");
  await page.keyboard.press("Escape");
  await page.locator(".side-row.member").last().click();
  await page.locator("dialog[open]").waitFor();
  await clean("a profile");
  await page.keyboard.press("Escape");
  await page.locator("textarea[name=body]").fill("@");
  await page.getByRole("option").first().waitFor();
  await clean("completions");
}
