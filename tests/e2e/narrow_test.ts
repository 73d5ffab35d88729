/** What a phone has little room for: rows of settings, lists that stand alone. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { settled } from "./people.ts";
import { makeScene, type Scene, signIn } from "./scene.ts";
import { SCREENS, SCREENS_ENV } from "./screens.ts";

/** Of a column of words: less is read letter by letter. */
const LEAST_PX = 120;
const PHONE = { width: 360, height: 740 };
/** The pages whose own address is the list of their parts, on a phone. */
const LISTS = ["admin/index.tsx", "g/[guild]/settings/index.tsx", "settings/index.tsx"];

/** What is said in rows with less room than that, though it breaks into lines. */
function squeezed(page: Page): Promise<string[]> {
  return page.evaluate(
    (least) =>
      [...document.querySelectorAll<HTMLElement>("main :is(.row-card, .purge) > .grow")]
        .filter((said) => said.clientWidth > 0 && said.clientWidth < least)
        .map((said) => `${said.clientWidth} px: ${said.textContent}`),
    LEAST_PX,
  );
}

/** Fields whose hint does not fit into them: what is cut says too little, and the rest nowhere. */
function cutHints(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const pen = document.createElement("canvas").getContext("2d");
    return [...document.querySelectorAll("input")].filter((field) => {
      const look = getComputedStyle(field);
      if (!pen || field.clientWidth === 0) return false;
      pen.font = look.font;
      const room = field.clientWidth - parseFloat(look.paddingLeft) - parseFloat(look.paddingRight);
      return pen.measureText(field.placeholder).width > room;
    }).map(({ placeholder }) => placeholder);
  });
}

const LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverwalterin".repeat(3);

/** Gives everybody and everything in the scene names and words as long as they may be. */
async function nameAtLength({ ann, bob, guildId, roomId, general }: Scene): Promise<void> {
  const [guild, room] = [guildId, roomId].map(encodeURIComponent);
  const profile = { display_name: LONG.slice(0, 32), status: LONG.slice(0, 60), bio: LONG };
  for (const person of [ann, bob]) await person.do("PATCH", "/account", profile);
  await ann.do("PATCH", `/guilds/${guild}`, { name: LONG.slice(0, 60), description: LONG });
  const channel = { name: LONG.slice(0, 60).toLowerCase(), topic: LONG };
  await ann.do("PATCH", `/rooms/${room}/channels/${general}`, channel);
  const body = [
    LONG,
    `# ${LONG}`,
    `> ${LONG}`,
    `- ${LONG} \`${LONG}\` https://example.org/${LONG}`,
  ];
  await bob.do("POST", `/rooms/${room}/send`, { channel_id: general, body: body.join("\n\n") });
}

Deno.test("on a phone rows have room for their words, and a list of settings stands alone", async (t) => {
  await using server = await startProcessServer({ OPENGUILD_NAME: "garden.test", ...SCREENS_ENV });
  const scene = await makeScene(server);
  const browser = await launchBrowser();
  await using ann = await openPerson(browser, { locale: "de-DE", width: PHONE.width });
  await signIn(ann.context, server.url, "ann");
  const { page } = ann;
  await page.setViewportSize(PHONE);

  let rows = 0;
  for (const [file, screen] of Object.entries(SCREENS)) {
    if (screen.kind !== "page" || !/settings|admin/.test(file)) continue;
    await t.step(file, async () => {
      await page.goto(server.url + screen.path(scene));
      const shown = page.locator("main > :visible");
      if (LISTS.includes(file)) assert.deepEqual(await shown.allTextContents(), []);
      else assert.notEqual(await shown.count(), 0);
      assert.deepEqual(await squeezed(page), []);
      rows += await page.locator("main :is(.row-card, .purge) > .grow").count();
    });
  }
  assert.ok(rows > 15, `${rows} rows were looked at`);
  await t.step("names and words longer than the window make no page wider", async () => {
    await nameAtLength(scene);
    await page.setViewportSize({ width: 320, height: 740 });
    await using stranger = await openPerson(browser, { width: 320 });
    const wide: string[] = [];
    const cut: string[] = [];
    for (const [file, screen] of Object.entries(SCREENS)) {
      const at = screen.kind === "door" ? stranger.page : page;
      await at.goto(server.url + screen.path(scene));
      for (const hint of await cutHints(at)) cut.push(`${file}: ${hint}`);
      const beyond = await at.evaluate(() =>
        [document.documentElement, document.querySelector(".timeline-scroll")]
          .reduce((sum, box) => sum + (box ? box.scrollWidth - box.clientWidth : 0), 0)
      );
      if (beyond > 0) wide.push(`${file}: ${beyond} px`);
    }
    assert.deepEqual(wide, []);
    assert.deepEqual(cut, []);
    assert.deepEqual(stranger.faults, []);
  });
  await t.step("nor a dialog", async () => {
    await page.setViewportSize({ width: 1280, height: 740 });
    await page.goto(server.url + SCREENS["g/[guild]/[channel]/index.tsx"]?.path(scene));
    await settled(page);
    await page.locator("button.topic").click();
    const body = page.locator("dialog[open] .dialog-body");
    await body.getByText(LONG).waitFor();
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 740 });
      assert.equal(await body.evaluate((box) => box.scrollWidth - box.clientWidth), 0);
    }
  });
  await t.step("nor does the hint of a field end in the middle of a word", async () => {
    await page.goto(`${server.url}/home`);
    await settled(page);
    await page.getByRole("button", { name: "Freunde" }).first().click();
    await page.locator("#friend-user").waitFor();
    assert.deepEqual(await cutHints(page), []);
  });
  await t.step("a channel's name leaves room for the buttons beside it", async () => {
    const channel = server.url + SCREENS["g/[guild]/[channel]/index.tsx"]?.path(scene);
    // The second is a window of 1280 pixels at 200 %.
    for (const size of [{ width: 320, height: 740 }, { width: 640, height: 400 }]) {
      await page.setViewportSize(size);
      await page.goto(channel);
      await settled(page);
      const buttons = page.locator(".main-head").getByRole("button");
      assert.ok(await buttons.count() >= 3);
      for (const button of await buttons.all()) {
        const box = await button.boundingBox();
        const name = await button.getAttribute("aria-label");
        assert.ok(
          !box || box.x >= 0 && box.x + box.width <= size.width,
          `${name} at ${size.width}`,
        );
      }
    }
  });
  await t.step("the message that a link leads to is not covered by its tools", async () => {
    await using phone = await openPerson(browser, { phone: true });
    await signIn(phone.context, server.url, "ann");
    await phone.page.goto(server.url + SCREENS["g/[guild]/[channel]/[message].tsx"]?.path(scene));
    await settled(phone.page);
    const linked = phone.page.locator("article.msg.focus");
    await linked.waitFor();
    assert.equal(await phone.page.locator("article .tools").count(), 0);
    await linked.getByText("Hello").tap();
    await linked.locator(".tools").waitFor();
    const grouped = phone.page.locator("article.msg.grouped", { hasText: "Peas" });
    // At the upper edge they stay in sight instead.
    await grouped.evaluate((row) => row.scrollIntoView({ block: "center" }));
    await grouped.locator(".msg-body").tap();
    const tools = await grouped.locator(".tools").boundingBox();
    const said = await grouped.locator(".msg-body").boundingBox();
    assert.ok(tools && said);
    assert.ok(tools.y + tools.height <= said.y + 2, `${JSON.stringify({ tools, said })}`);
    assert.deepEqual(phone.faults, []);
  });
  assert.deepEqual(ann.faults, []);
  await browser.close();
});
