import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startRunningServer } from "../harness/running_server.ts";
import { waitFor } from "../harness/wait_for.ts";
import {
  createGuild,
  fillRegistration,
  foundGuild,
  holds,
  PASSWORD,
  say,
  settled,
  tabBackTo,
  tabTo,
} from "./people.ts";

const focused = (page: Page, selector: string) =>
  waitFor(
    `the focus on ${selector}`,
    async () =>
      await page.evaluate(`document.activeElement?.matches(${JSON.stringify(selector)})`)
        ? true
        : undefined,
  );

/** Asks another server for a sheet, a font and pictures, and hides the page. */
const hostileCss = (there: string) =>
  `} @import url("${there}/a.css");
@font-face { font-family: x; src: url("${there}/x.woff2"); }
html { background: url("${there}/b.png") !important; font-family: x !important; }
body { display: none !important; background: url(${there.replace("http:", "")}/c.png) }
.msg::before { content: url("${there}/d.png"); }`;

Deno.test("with the keyboard only: join, send, react, switch, mark read, change keys and looks", async (t) => {
  await using server = await startRunningServer();
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  await using bob = await openPerson(browser);
  const { page } = bob;
  const { keyboard } = page;
  let invite = "";
  let general = "";

  await t.step("a guild is there, with a second channel and a link into it", async () => {
    await ann.page.goto(server.setupLink);
    await fillRegistration(ann.page, "ann", "Ann");
    await settled(ann.page);
    await createGuild(ann.page, "Riverside Garden Club");
    await say(ann.page, "Welcome to the garden");
    await ann.page.getByRole("button", { name: "Menu of Riverside Garden Club" }).click();
    await ann.page.getByRole("menuitem", { name: "Create a channel" }).click();
    await ann.page.getByLabel("Name", { exact: true }).fill("seeds");
    await ann.page.locator("dialog button[type=submit]").click();
    await ann.page.getByRole("heading", { name: "seeds", exact: true }).waitFor();
    await ann.page.getByRole("button", { name: "Invite people" }).click();
    const field = ann.page.getByLabel("Invite link");
    invite = await waitFor("the link", async () => {
      const value = await field.inputValue();
      return value.includes("/invite/") ? server.base + new URL(value).pathname : undefined;
    });
    await ann.page.keyboard.press("Escape");
    await ann.page.locator("dialog").waitFor({ state: "detached" });
  });

  await t.step("joins through the link: account, guild, first message", async () => {
    await page.goto(invite);
    await tabTo(page, "a[href^='/register']");
    await keyboard.press("Enter");
    await page.waitForURL(/\/register/);
    await page.getByLabel("User name").focus();
    await keyboard.type("bob");
    await tabTo(page, "input[name=display_name]");
    await keyboard.type("Bob");
    await tabTo(page, "input[type=password]");
    await keyboard.type(PASSWORD);
    await keyboard.press("Enter");
    await page.waitForURL(/\/g\//);
    await settled(page);
    general = page.url();
    await focused(page, "textarea[name=body]");
    await keyboard.type("I grow **beans**");
    await keyboard.press("Enter");
    await page.locator("article strong", { hasText: "beans" }).waitFor();
    await ann.page.keyboard.press("Alt+ArrowUp");
    await ann.page.locator("article", { hasText: "I grow" }).waitFor();
  });

  await t.step("marks words while writing, and edits the last message with the arrow", async () => {
    await keyboard.type("and tall");
    await keyboard.press("Control+Shift+ArrowLeft");
    await keyboard.press("Control+b");
    await holds(page, "and **tall**");
    await keyboard.press("Control+b");
    await holds(page, "and tall");
    const bar = page.getByRole("toolbar", { name: "Format what is selected" });
    await bar.getByRole("button", { name: "Spoiler" }).click();
    await holds(page, "and ||tall||");
    await keyboard.press("Control+a");
    await tabBackTo(page, ".format-bar [aria-label=Quote]");
    await keyboard.press("Enter");
    await holds(page, "> and ||tall||");
    await keyboard.press("End");
    await bar.waitFor({ state: "detached" });
    await keyboard.press("Control+a");
    await keyboard.press("Delete");
    await keyboard.press("ArrowUp");
    await page.locator(".composer-mode", { hasText: "Editing" }).waitFor();
    await keyboard.press("Escape");
    await page.locator(".composer-mode").waitFor({ state: "detached" });
    await holds(page, "");
  });

  await t.step("reaches a message by F6 and reacts to it", async () => {
    await keyboard.press("Shift+F6");
    await focused(page, "article[data-row]");
    await keyboard.press("+");
    await ann.page.getByRole("button", { name: "👍, 1 reaction" }).waitFor();
  });

  await t.step("switches the channel by name and back with the arrows", async () => {
    await keyboard.press("Control+k");
    await focused(page, "dialog input");
    const field = () => page.locator("dialog input").boundingBox();
    const before = await field();
    await keyboard.type("nothing is called so");
    await page.locator("dialog").getByText("Nothing of that name.").waitFor();
    assert.deepEqual(await field(), before, "The field moved under what is typed.");
    await keyboard.press("Control+A");
    await keyboard.type("seed");
    await page.getByRole("option", { name: /seeds/ }).waitFor();
    await keyboard.press("Enter");
    await page.getByRole("heading", { name: "seeds", exact: true }).waitFor();
    await keyboard.press("Alt+ArrowUp");
    await page.getByRole("heading", { name: "general", exact: true }).waitFor();
    await keyboard.press("Alt+ArrowLeft");
    await page.getByRole("heading", { name: "seeds", exact: true }).waitFor();
  });

  /** A page that is opened now has none of these. */
  const serverKnows = (waiting: string) =>
    waitFor("the server to know it", async () => {
      const anew = await bob.context.newPage();
      await anew.goto(`${server.base}/home`);
      const count = await anew.locator(waiting).count();
      await anew.close();
      return count === 0 ? true : undefined;
    });

  await t.step("Shift+Escape reads the whole guild, here and on the server", async () => {
    await say(ann.page, "@everyone, who has seeds to swap?");
    await page.locator(".side-row.unread", { hasText: "general" }).waitFor();
    await keyboard.press("Shift+Escape");
    await page.locator(".side-row.unread").waitFor({ state: "detached" });
    await serverKnows(".rail-item.unread, .rail-item .badge");
  });

  await t.step("the inbox has what waits: read there, taken back, and gone to", async () => {
    const other = await bob.context.newPage();
    await other.goto(page.url());
    await settled(other);
    const waiting = (n: number) =>
      Promise.all(
        [page, other].map((tab) =>
          tab.locator(".rail-inbox .badge", { hasText: String(n) }).waitFor()
        ),
      );
    await say(ann.page, "@everyone, beans or peas?");
    await waiting(1);
    await page.locator("textarea[name=body]").focus();
    await keyboard.press("Control+i");
    const dialog = page.getByRole("dialog", { name: "Inbox" });
    await focused(page, "#inbox-tab-mentions");
    const fresh = dialog.locator(".inbox-row.fresh", { hasText: "beans or peas" });
    await fresh.waitFor();
    assert.equal(
      await dialog.locator(".inbox-row").count(),
      2,
      "the one that was read is there too",
    );
    await keyboard.press("Tab");
    await focused(page, ".inbox-row:first-child .inbox-go");
    await keyboard.press("j");
    await focused(page, ".inbox-row:last-child .inbox-go");
    await keyboard.press("k");
    await focused(page, ".inbox-row:first-child .inbox-go");
    await keyboard.press("Tab");
    await keyboard.press("Enter");
    await dialog.locator(".inbox-around li", { hasText: "seeds to swap" }).waitFor();
    await keyboard.press("e");
    await dialog.getByText("#general in Riverside Garden Club is marked as read.").waitFor();
    for (const tab of [page, other]) {
      await tab.locator(".rail-inbox .badge").waitFor({ state: "detached" });
    }
    await tabTo(page, ".inbox-foot .button");
    await keyboard.press("Enter");
    await waiting(1);
    await fresh.waitFor();
    await focused(page, "#inbox-tab-mentions");
    await keyboard.press("ArrowRight");
    await focused(page, "#inbox-tab-unread");
    const row = dialog.locator(".inbox-row", { hasText: "#general in Riverside Garden Club" });
    await row.locator(".inbox-line", { hasText: "beans or peas" }).waitFor();
    await tabTo(page, ".inbox-all");
    await keyboard.press("Enter");
    await dialog.getByText("You have read everything").waitFor();
    // What is taken back is read again before the server has heard of the first.
    await page.route(/\/client\/v1\/rooms\/[^/]+\/read$/, async (route) => {
      const { back } = route.request().postDataJSON();
      if (back) await new Promise((go) => setTimeout(go, 1500));
      await route.continue();
    });
    const tookBack = page.waitForResponse((answer) =>
      answer.url().endsWith("/read") && answer.request().postDataJSON().back === true
    );
    await tabTo(page, ".inbox-foot .button");
    await keyboard.press("Enter");
    await row.waitFor();
    await tabTo(page, ".inbox-go");
    await keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("heading", { name: "general", exact: true }).waitFor();
    await tookBack;
    await serverKnows(".rail-inbox .badge");
    for (const tab of [page, other]) {
      await tab.locator(".rail-inbox .badge").waitFor({ state: "detached" });
    }
    await other.close();
    await keyboard.press("Alt+ArrowLeft");
    await page.getByRole("heading", { name: "seeds", exact: true }).waitFor();
  });

  await t.step("walks the list with arrows and reads one channel from its menu", async () => {
    await say(ann.page, "Anyone?");
    await page.locator(".side-row.unread", { hasText: "general" }).waitFor();
    await page.locator("textarea[name=body]").focus();
    for (const area of [".members [data-stop]", ".rail [data-stop]", ".side-row.here"]) {
      await keyboard.press("F6");
      await focused(page, area);
    }
    await keyboard.press("Home");
    await focused(page, ".side-row.unread");
    await keyboard.press("Tab");
    await keyboard.press("Enter");
    await page.getByRole("menu", { name: "Options of general" }).waitFor();
    await focused(page, "[role=menuitem]");
    await keyboard.press("Enter");
    await page.locator(".side-row.unread").waitFor({ state: "detached" });
    await focused(page, ".side-options");
    await keyboard.press("Enter");
    await page.getByRole("menu").waitFor();
    await keyboard.press("Escape");
    await page.getByRole("menu").waitFor({ state: "detached" });
  });

  await t.step(
    "mutes a channel from its menu: in every tab, with mentions alone counted",
    async () => {
      const other = await bob.context.newPage();
      await other.goto(page.url());
      await settled(other);
      const fromMenu = async (item: string) => {
        await focused(page, ".side-options");
        await keyboard.press("Enter");
        await focused(page, "[role=menuitem]");
        await keyboard.press("ArrowDown");
        await page.locator("[role=menuitem]:focus", { hasText: item }).waitFor();
        await keyboard.press("Enter");
      };
      await fromMenu("Mute");
      for (const tab of [page, other]) {
        await tab.locator("a.side-row.muted", { hasText: "general" }).waitFor();
      }
      await say(ann.page, "Psst");
      await say(ann.page, "Now @everyone come");
      for (const tab of [page, other]) {
        // Hidden behind the row's acts where the focus is there.
        await tab.locator("a.side-row.muted:not(.unread) .badge", { hasText: "1" })
          .waitFor({ state: "attached" });
        assert.equal(await tab.locator(".side-row.unread").count(), 0);
        await waitFor("the title", async () => (await tab.title()).startsWith("(1) ") || undefined);
      }
      await fromMenu("Unmute");
      for (const tab of [page, other]) {
        await tab.locator("a.side-row.unread:not(.muted)", { hasText: "general" }).waitFor();
      }
      await keyboard.press("Shift+Escape");
      await other.locator(".side-row.unread").waitFor({ state: "detached" });
      await other.close();
    },
  );

  await t.step("a dialog gives the focus back, closed by its button or by Escape", async () => {
    const pins = page.locator(".main-head").getByRole("button", { name: "Pinned messages" });
    for (const key of ["Enter", "Escape"]) {
      await pins.focus();
      await keyboard.press("Enter");
      await focused(page, "dialog .dialog-head button");
      await keyboard.press(key);
      await page.locator("dialog").waitFor({ state: "detached" });
      await focused(page, ".main-head button[aria-label='Pinned messages']");
    }
    await tabTo(page, "textarea[name=body]");
  });

  await t.step("Escape ends one thing after the other", async () => {
    await keyboard.press("Control+/");
    await focused(page, "dialog input");
    await keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    await keyboard.press("Control+e");
    await page.locator(".emoji-panel input").waitFor();
    await keyboard.press("Escape");
    await page.locator(".emoji-panel").waitFor({ state: "detached" });
  });

  await t.step("gives the switcher another key; one that is taken is said", async () => {
    await keyboard.press("Control+,");
    await page.waitForURL(/\/settings/);
    await page.goto(`${server.base}/settings/keyboard`);
    await settled(page);
    const button = page.getByRole("button", { name: /the key of Go anywhere:/ });
    await button.focus();
    await keyboard.press("Enter");
    await keyboard.press("Control+/");
    await page.getByText("already does something here: This list").waitFor();
    await keyboard.press("Enter");
    await keyboard.press("k");
    await page.getByText("K is needed for writing").waitFor();
    await keyboard.press("Enter");
    await keyboard.press("Control+j");
    await page.getByRole("button", { name: /the key of Go anywhere: Ctrl J/ }).waitFor();
    await page.goto(`${server.base}/home`);
    await settled(page);
    await keyboard.press("Control+k");
    await keyboard.press("Control+j");
    await focused(page, "dialog input");
    await keyboard.press("Control+j");
    await page.locator("dialog").waitFor({ state: "detached" });
    await keyboard.press("Control+/");
    await page.locator("dialog .keys div", { hasText: "Go anywhere" }).getByText("J", {
      exact: true,
    }).waitFor();
  });

  await t.step("chooses how it looks, sees it at once and keeps it", async () => {
    await page.goto(`${server.base}/settings/appearance`);
    await settled(page);
    const look = () =>
      page.evaluate("({ ...document.documentElement.dataset })") as Promise<Record<string, string>>;
    await page.getByLabel("Like the system").focus();
    for (const _ of ["light", "dark", "contrast-light", "contrast-dark"]) {
      await keyboard.press("ArrowRight");
    }
    await waitFor("the look", async () => (await look())["theme"] === "contrast-dark");
    await page.getByLabel("Cosy").focus();
    await keyboard.press("ArrowRight");
    const use = page.getByLabel("Use it on this device");
    await use.focus();
    await tabTo(page, "#own-css");
    // Whoever writes wants to see it; whoever turns it off has said otherwise.
    await keyboard.type(".msg { letter-spacing: 2px }");
    assert.equal(await use.isChecked(), true);
    await tabBackTo(page, "input[name=own]");
    await keyboard.press("Space");
    await tabTo(page, "#own-css");
    await keyboard.press("Control+End");
    await keyboard.type("\n");
    assert.equal(await use.isChecked(), false);
    await tabBackTo(page, "input[name=own]");
    await keyboard.press("Space");
    const spacing = () =>
      page.evaluate("getComputedStyle(document.querySelector('.msg')).letterSpacing");
    await waitFor("the sheet to be seen", async () => await spacing() === "2px");
    await tabTo(page, ".look-form button[type=submit]");
    await keyboard.press("Enter");
    await page.getByText("Saved.").waitFor();
    await page.goto(general);
    await page.locator("article").first().waitFor();
    assert.equal(await spacing(), "2px");
    const { theme, density } = await look();
    assert.deepEqual({ theme, density }, { theme: "contrast-dark", density: "compact" });
  });

  await t.step("chooses how times are written, in the first page as in what follows", async () => {
    const times = page.locator("article time, article .msg-time, article .msg-side-time");
    const written = async () => (await times.allInnerTexts()).join("\n");
    assert.match(await written(), /\d:\d\d [AP]M/, "as is usual in American English");
    await page.goto(`${server.base}/settings/appearance`);
    await page.getByLabel("24 hours: 14:05").focus();
    await keyboard.press("Space");
    await tabTo(page, ".look-form button[type=submit]");
    await keyboard.press("Enter");
    await page.getByText("Saved.").waitFor();
    const drawn = await (await bob.context.request.get(general)).text();
    assert.match(drawn, /data-clock="h23"/);
    assert.doesNotMatch(drawn, /\d:\d\d [AP]M/);
    await page.goto(general);
    await settled(page);
    assert.match(await written(), /^\d\d:\d\d$/m);
    assert.doesNotMatch(await written(), /[AP]M/);
  });

  await t.step(
    "a hostile sheet of one's own reaches no other server and can be undone",
    async () => {
      // A page of its own: what the policy refuses is written to its console.
      const other = await bob.context.newPage();
      const asked: string[] = [];
      await using foreign = Deno.serve(
        { port: 0, hostname: "127.0.0.1", onListen() {} },
        (request) => {
          asked.push(new URL(request.url).pathname);
          return new Response(null, { status: 404 });
        },
      );
      const there = `http://127.0.0.1:${foreign.addr.port}`;
      await other.goto(`${server.base}/settings/appearance`);
      await other.getByLabel("CSS", { exact: true }).fill(hostileCss(there));
      // It would hide its own form: the page does without it, saved or not, and says so.
      const hides = other.getByText("hides the form it is written in");
      await hides.waitFor();
      await other.getByRole("button", { name: "Save", exact: true }).click();
      await other.waitForURL(/saved=1/);
      await hides.waitFor();
      await other.goto(general);
      assert.equal(await other.locator("body").isVisible(), false);
      await (await fetch(`${there}/control`)).body?.cancel();
      assert.deepEqual(asked, ["/control"]);
      await other.goto(`${server.base}/settings/appearance?safe`);
      await other.getByLabel("Use it on this device").uncheck();
      await other.getByRole("button", { name: "Save", exact: true }).click();
      await other.getByText("Saved.").waitFor();
      await other.goto(general);
      await other.locator("article").first().waitFor();
      await other.close();
    },
  );

  assert.deepEqual([...ann.faults, ...bob.faults], []);
  await browser.close();
});

Deno.test("names that are too long are cut where they stand; a phone's start lists the guilds", async () => {
  await using server = await startRunningServer();
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  const { page } = ann;
  const guild = "A guild of which the name is far too long for a row of the start page";
  await foundGuild(page, server.setupLink, guild);
  await page.getByRole("button", { name: `Menu of ${guild}` }).click();
  await page.getByRole("menuitem", { name: "Create a channel" }).click();
  const channel = "a-channel-with-a-name-that-no-list-of-channels-is-wide-enough-for";
  await page.getByLabel("Name", { exact: true }).fill(channel);
  await page.locator("dialog button[type=submit]").click();
  await page.getByRole("heading", { name: channel, exact: true }).waitFor();
  const list = page.locator("nav.side-scroll");
  const wide = await list.evaluate((nav) => [nav.scrollWidth, nav.clientWidth]);
  assert.equal(wide[0], wide[1], "the list of channels cannot be moved sideways");
  const options = await page.getByRole("button", { name: `Options of ${channel}` }).boundingBox();
  const box = await list.boundingBox();
  assert.ok(options && box && options.x + options.width <= box.x + box.width);

  // An open thread that one does not follow yet has no row: its channel is marked.
  await say(page, "Something to talk about");
  await page.locator("article", { hasText: "Something to talk about" }).hover();
  await page.getByRole("button", { name: "Begin a thread" }).click();
  await page.locator(".thread-panel").waitFor();
  await list.locator(".side-row.here", { hasText: channel }).waitFor();

  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${server.base}/home`);
  const entry = page.locator(".home-guilds").getByRole("link", { name: guild });
  await entry.waitFor();
  const right = await entry.evaluate((row) => row.getBoundingClientRect().right);
  assert.ok(right <= 390, `the row ends at ${right}`);
  let asked = 0;
  await page.route(/\/messages\?/, async (route) => {
    const response = await route.fetch();
    const text = "as the API says it";
    const past = asked++ < 2 ? { remote_history: { state: "fetching", servers: [], text } } : {};
    await route.fulfill({ response, json: { ...await response.json(), ...past } });
  });
  await entry.click();
  await page.waitForURL(/\/g\//);
  // What other servers are asked for comes without a press, and is said in the reader's language.
  await page.getByText("Earlier messages are being fetched").waitFor();
  await page.getByRole("heading", { name: "This is where #general begins" }).waitFor();
  assert.equal(asked, 3);
  assert.deepEqual(ann.faults, []);
  await browser.close();
});
