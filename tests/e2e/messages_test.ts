import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Locator, Page } from "playwright-core";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { html, startPageServer } from "../harness/page_server.ts";
import { png } from "../harness/pictures.ts";
import { startRunningServer } from "../harness/running_server.ts";
import { waitFor } from "../harness/wait_for.ts";
import { fillRegistration, foundGuild, holds, say, settled } from "./people.ts";

const HISTORY = 180;

/** Sends messages through the API with the session of the page, one after the other. */
function fillHistory(page: Page, count: number): Promise<void> {
  const [, , guild, channel] = new URL(page.url()).pathname.split("/");
  return page.evaluate(`(async () => {
    for (let i = 1; i <= ${count}; i++) {
      const answer = await fetch("/client/v1/rooms/" + encodeURIComponent("!${guild}") + "/send", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          channel_id: "${channel}",
          body: "number " + i + (i % 7 === 0 ? "\\n\\nwith a second line" : ""),
        }),
      });
      if (!answer.ok) throw new Error(await answer.text());
    }
  })()`);
}

/** Distance of a row from the top of the timeline, in pixels. */
function topOf(page: Page, number: number): Promise<number> {
  return page.evaluate(`(() => {
    const row = [...document.querySelectorAll("article")]
      .find((article) => /number ${number}(?!\\d)/.test(article.textContent));
    const box = row.closest(".timeline-scroll");
    return row.getBoundingClientRect().top - box.getBoundingClientRect().top;
  })()`);
}

/** Through the guild's settings, as its owner. */
async function addEmoji(page: Page, guild: string, name: string): Promise<void> {
  await page.goto(`${guild}/settings/emoji`);
  await page.getByLabel("Name", { exact: true }).fill(name);
  const picture = { name: "a.png", mimeType: "image/png", buffer: Buffer.from(png(40, 40)) };
  await page.getByLabel("Picture").setInputFiles(picture);
  await page.getByRole("button", { name: "Add an emoji" }).click();
  await page.locator(".row-card", { hasText: `:${name}:` }).waitFor();
}

/** Waits until a picture has come and could be decoded. */
async function drawn(picture: Locator): Promise<void> {
  await waitFor(
    "the picture to be drawn",
    () => picture.evaluate((node) => "naturalWidth" in node && node.naturalWidth !== 0),
  );
}

Deno.test("messages: acts, history, permalinks, unread", async (t) => {
  await using web = startPageServer({
    "/leaves": () =>
      html(`<meta property="og:title" content="How leaves turn">
        <meta property="og:site_name" content="The Garden">
        <meta property="og:description" content="${"Green goes first. ".repeat(20)}">
        <meta property="og:image" content="/bed.png">
        <meta property="og:image:alt" content="A bed of leaves">`),
    "/bed.png": () =>
      new Response(new Uint8Array(png(600, 400)), { headers: { "content-type": "image/png" } }),
  });
  await using server = await startRunningServer({
    env: { OPENGUILD_PREVIEWS_ENABLED: "true", OPENGUILD_PREVIEWS_TEST_ORIGINS: web.origin },
  });
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  await using bob = await openPerson(browser);
  const { page } = ann;
  await foundGuild(page, server.setupLink, "Workshop");
  const channel = new URL(page.url()).pathname;
  const guild = channel.split("/").slice(0, 3).join("/");

  await t.step("edit with the up arrow, reply, react and delete", async () => {
    await say(page, "The frist draft");
    await page.locator("article:not(.pending)", { hasText: "frist" }).waitFor();
    await page.locator("textarea[name=body]").press("ArrowUp");
    await page.locator(".composer-mode").waitFor();
    await say(page, "The first draft");
    const draft = page.locator("article", { hasText: "The first draft" }).first();
    await draft.getByRole("button", { name: "edited" }).waitFor();
    await draft.hover();
    await draft.getByRole("button", { name: "React with 👍" }).click();
    await draft.getByRole("button", { name: "👍, 1 reaction" }).waitFor();
    await draft.getByRole("button", { name: "Reply" }).click();
    await say(page, "An answer");
    const answer = page.locator("article:not(.pending)", { hasText: "An answer" });
    await answer.locator(".msg-reply", { hasText: "The first draft" }).waitFor();
    await answer.hover();
    await answer.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Delete message" }).click();
    await page.locator("dialog").getByRole("button", { name: "Delete" }).click();
    await page.locator("article", { hasText: "Message deleted" }).waitFor();
  });

  await t.step("an emoji of the guild: added, completed, reacted with, removed", async () => {
    await addEmoji(page, `${server.base}${guild}`, "party");
    await page.goto(`${server.base}${channel}`);
    await settled(page);
    const box = page.locator("textarea[name=body]");
    await box.pressSequentially(":par");
    await page.getByRole("option", { name: ":party:" }).waitFor();
    await box.press("Enter");
    await holds(page, ":party: ");
    await box.press("Enter");
    const row = page.locator("article:not(.pending)", { has: page.locator(".jumbo") });
    const picture = row.locator(".jumbo").getByRole("img", { name: ":party:" });
    await picture.waitFor();
    await drawn(picture);
    await page.emulateMedia({ reducedMotion: "reduce" });
    await row.locator(".jumbo .still").waitFor();
    await row.locator(".jumbo .moving").waitFor({ state: "hidden" });
    await page.emulateMedia({ reducedMotion: null });
    await row.hover();
    await row.getByRole("button", { name: "Add a reaction" }).click();
    // Tones and groups are a stop of Tab each, in which the arrows move.
    await page.getByLabel("Search emoji").press("Tab");
    await page.keyboard.press("ArrowRight");
    await page.locator(".emoji-tone[aria-label=Light]:focus").waitFor();
    await page.keyboard.press("Tab");
    await page.locator(".emoji-jump:focus").waitFor();
    // A group is a press away, not a scroll past a thousand others.
    await page.getByRole("button", { name: "Flags", exact: true }).click();
    const scrolled = page.locator(".emoji-scroll");
    await waitFor("the flags to be in sight", () =>
      scrolled.evaluate((box) => {
        const flags = box.querySelector("[data-group='9']")?.getBoundingClientRect();
        const own = box.getBoundingClientRect();
        return flags !== undefined && flags.top >= own.top - 2 && flags.top < own.bottom - 20;
      }));
    await page.getByLabel("Search emoji").fill("art");
    await page.locator(".emoji-cell .guild-emoji").waitFor();
    await page.getByLabel("Search emoji").press("Enter");
    const reaction = row.getByRole("button", { name: /^:party:, 1 reaction/ });
    await drawn(reaction.locator("img.moving"));
    await page.goto(`${server.base}${guild}/settings/emoji`);
    await page.getByText("Rename", { exact: true }).click();
    await page.getByLabel("New name").fill(":fiesta:");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator(".row-card", { hasText: "Was :party:" }).waitFor();
    await page.goto(`${server.base}${channel}`);
    await settled(page);
    await row.locator(".jumbo").getByRole("img", { name: ":fiesta:" }).waitFor();
    await drawn(row.locator(".reaction img.moving"));
    await row.hover();
    await row.getByRole("button", { name: "Add a reaction" }).click();
    await page.getByLabel("Search emoji").fill("fiest");
    await page.locator(".emoji-cell .guild-emoji").waitFor();
    await page.getByLabel("Search emoji").press("Enter");
    // It is the reaction that was made before, taken back.
    await row.locator(".reaction").waitFor({ state: "detached" });
    await row.hover();
    await row.getByRole("button", { name: "Add a reaction" }).click();
    await page.locator(".emoji-picker .guild-emoji").first().click();
    await row.locator(".reaction").waitFor();
    await page.goto(`${server.base}${guild}/settings/emoji`);
    await page.getByRole("button", { name: "Remove :fiesta:" }).click();
    await page.getByText("No emoji of this guild's own yet.").waitFor();
    await page.goto(`${server.base}${channel}`);
    await settled(page);
    await page.locator("article .md:not(.jumbo)", { hasText: ":party:" }).waitFor();
    await page.locator(".reaction", { hasText: ":fiesta:" }).waitFor();
  });

  await t.step("a link gets its card, at the end, and its author takes it away", async () => {
    await say(page, `Read this: ${web.origin}/leaves`);
    const row = page.locator("article:not(.pending)", { hasText: "Read this" });
    const card = row.locator(".preview");
    const link = card.getByRole("link", { name: "How leaves turn" });
    await link.waitFor();
    assert.equal(await link.getAttribute("href"), `${web.origin}/leaves`);
    assert.match(await link.getAttribute("rel") ?? "", /noopener/);
    assert.equal(await link.getAttribute("target"), "_blank");
    assert.match(await card.innerText(), /The Garden/);
    await drawn(card.getByRole("img", { name: "A bed of leaves" }));
    assert.equal(
      await page.evaluate(`document.querySelector(".timeline-scroll").scrollTop`),
      0,
      "the end stays in sight",
    );
    // The browser itself asked nobody but its own server.
    assert.deepEqual(web.asked.map(({ path }) => path), ["/leaves", "/bed.png"]);
    await row.hover();
    await row.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Remove link previews" }).click();
    await card.waitFor({ state: "detached" });
    await row.getByRole("link", { name: `${web.origin}/leaves` }).waitFor();
  });

  await t.step("hostile text stays text", async () => {
    await say(page, "<img src=x onerror=alert(1)> [x](javascript:alert(1)) <script>1</script>");
    const row = page.locator("article:not(.pending)", { hasText: "onerror" });
    await row.waitFor();
    assert.equal(await row.locator("img, script, a[href^=javascript]").count(), 0);
  });

  await t.step("older pages load without moving what is read", async () => {
    await fillHistory(page, HISTORY);
    await page.reload();
    await settled(page);
    await page.locator("article", { hasText: `number ${HISTORY}` }).waitFor();
    const older = page.locator("article", { hasText: /number 100(?!\d)/ });
    assert.equal(await older.count(), 0);
    await page.evaluate(`(() => {
      const box = document.querySelector(".timeline-scroll");
      box.scrollTop = -(box.scrollHeight - box.clientHeight) + 400;
    })()`);
    const first = await topOf(page, 140);
    await older.waitFor({ state: "attached" });
    const after = await topOf(page, 140);
    assert.ok(Math.abs(after - first) <= 2, `moved by ${after - first} pixels`);
  });

  await t.step("a permalink shows its message, and one press leads to the present", async () => {
    const row = page.locator("article", { hasText: /number 150(?!\d)/ }).first();
    const id = (await row.getAttribute("data-row") ?? "").slice(1);
    await page.goto(`${server.base}${channel}/${id}`);
    await settled(page);
    const shown = page.locator("article.focus", { hasText: "number 150" });
    await shown.waitFor();
    await waitFor("the message to be in sight", async () => await topOf(page, 150) > 0);
    await page.getByRole("button", { name: "Jump to present" }).click();
    const last = page.locator("article", { hasText: `number ${HISTORY}` });
    await last.waitFor();
    await waitFor(
      "the present",
      async () => await last.isVisible() && await topOf(page, 180) > 0,
    );
  });

  await t.step("a badge counts what was missed and goes when it is read", async () => {
    await page.goto(`${server.base}${guild}/settings/invites`);
    await page.getByRole("button", { name: "New link" }).click();
    const link = await page.locator(".row-card .mono").textContent();
    await bob.page.goto(server.base + new URL(link ?? "").pathname);
    await bob.page.getByRole("link", { name: "Create an account and join" }).click();
    await fillRegistration(bob.page, "bob", "Bob");
    await settled(bob.page);
    await page.goto(`${server.base}/home`);
    await settled(page);
    // The number on the icon of the installed app.
    await page.evaluate(`globalThis.onIcon = [];
      for (const name of ["setAppBadge", "clearAppBadge"]) {
        const real = navigator[name].bind(navigator);
        navigator[name] = (count = 0) => (onIcon.push(count), real(count));
      }`);
    const onIcon = (count: number) =>
      waitFor(`${count} on the icon`, async () => await page.evaluate("onIcon.at(-1)") === count);
    await say(bob.page, "@ann are you there?");
    const badge = page.getByRole("link", { name: "Workshop, 1 mention" });
    await badge.waitFor();
    await onIcon(1);
    await badge.click();
    await page.locator("article.mention", { hasText: "are you there?" }).waitFor();
    await page.getByRole("link", { name: "Workshop", exact: true }).waitFor();
    await onIcon(0);
    await page.reload();
    await page.getByRole("link", { name: "Workshop", exact: true }).waitFor();
  });

  await t.step("a poll is asked with the keyboard, voted in by two and ended", async () => {
    await say(page, "/poll Tea or coffee?");
    const dialog = page.locator("dialog[open]");
    const first = dialog.getByLabel("Answer 1", { exact: true });
    await waitFor(
      "the first answer to have the focus",
      () => first.evaluate((field) => field.matches(":focus")),
    );
    for (const answer of ["Tea", "Coffee", "Neither"]) {
      await page.keyboard.type(answer);
      await page.keyboard.press("Enter");
    }
    await dialog.getByRole("button", { name: "Remove answer 4" }).click();
    await dialog.getByRole("button", { name: "Move answer 2 up" }).click();
    await dialog.getByRole("button", { name: "Ask", exact: true }).click();
    const asked = page.getByRole("group", { name: "Poll: Tea or coffee?" });
    const seen = bob.page.getByRole("group", { name: "Poll: Tea or coffee?" });
    await seen.getByRole("radio", { name: /^Neither/ }).waitFor();
    assert.deepEqual(
      (await seen.locator(".poll-option > .grow").allInnerTexts()).slice(0, 3),
      ["Coffee", "Tea", "Neither"],
    );
    await seen.getByRole("radio", { name: /^Tea/ }).check();
    await seen.getByRole("button", { name: "Vote", exact: true }).click();
    await asked.getByRole("radio", { name: "Tea 1 vote, 100%" }).waitFor();
    await asked.getByRole("radio", { name: /^Coffee/ }).check();
    await asked.getByRole("button", { name: "Vote", exact: true }).click();
    await seen.getByRole("button", { name: "2 voted" }).waitFor();
    await seen.getByRole("radio", { name: /^Coffee/ }).check();
    await seen.getByRole("button", { name: "Change vote" }).click();
    await asked.getByRole("radio", { name: /^Coffee.* 2 votes, 100%/ }).waitFor();
    await asked.getByRole("button", { name: "2 voted" }).click();
    await dialog.getByText("@bob@").waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    const row = page.locator("article", { has: asked });
    await row.hover();
    await row.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "End the poll" }).click();
    await dialog.getByRole("button", { name: "End now" }).click();
    await seen.getByText("Ended").waitFor();
    assert.equal(await seen.getByRole("radio").count(), 0);
  });

  await t.step("two people talk alone", async () => {
    await page.locator(".side-row.member", { hasText: "Bob" }).click();
    await page.locator("dialog").getByRole("button", { name: "Message" }).click();
    await page.waitForURL(/\/dm\//);
    await page.locator(".main-head").getByRole("button", { name: "Not encrypted" }).waitFor();
    await say(page, "Just between us");
    await bob.page.getByRole("link", { name: /Conversations, \d waiting/ }).click();
    await bob.page.locator(".side-row.dm", { hasText: "Ann" }).click();
    await bob.page.locator("article", { hasText: "Just between us" }).waitFor();
  });

  assert.deepEqual([...ann.faults, ...bob.faults], []);
  await browser.close();
});
