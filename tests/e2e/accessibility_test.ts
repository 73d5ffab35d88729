import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { findBarriers } from "../harness/axe.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startRunningServer } from "../harness/running_server.ts";
import { createGuild, fillRegistration, say, settled } from "./people.ts";

const SCENE = [
  "Hello **world**, see https://example.org and `code`",
  "||a spoiler|| and @everyone",
  "```ts\nconst a = 1;\n```",
  "> quoted\n\n1. one\n2. two\n\n| a | b |\n|---|---|\n| 1 | 2 |",
  "🙏",
];

Deno.test("no barrier on the main screens, in both themes, wide and narrow", async (t) => {
  await using server = await startRunningServer();
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  const { page } = ann;
  await page.goto(server.setupLink);
  await fillRegistration(page, "ann", "Ann");
  await settled(page);
  await createGuild(page, "Riverside Garden Club");
  for (const text of SCENE) {
    await say(page, text);
    await page.locator("article.pending").waitFor({ state: "detached" });
  }
  const chat = new URL(page.url()).pathname;
  const guild = chat.split("/").slice(0, 3).join("/");
  const paths = {
    start: "/home",
    channel: chat,
    profile: "/settings/profile",
    appearance: "/settings/appearance",
    devices: "/settings/sessions",
    "guild overview": `${guild}/settings`,
    roles: `${guild}/settings/roles`,
    everyone: `${guild}/settings/roles/everyone`,
    channels: `${guild}/settings/channels`,
    "channel permissions": `${guild}/settings/channels/${chat.split("/")[3]}`,
    "guild members": `${guild}/settings/members`,
    audit: `${guild}/settings/audit`,
    administration: "/admin",
    accounts: "/admin/users",
    "not found": "/nowhere",
  };
  const looks = [
    { width: 1280, scheme: "light" as const },
    { width: 1280, scheme: "dark" as const },
    { width: 390, scheme: "light" as const },
    { width: 320, scheme: "dark" as const },
  ];
  const visit = async (target: Page, path: string, look: (typeof looks)[number]) => {
    await target.setViewportSize({ width: look.width, height: 800 });
    await target.emulateMedia({ colorScheme: look.scheme, reducedMotion: "reduce" });
    await target.goto(server.base + path);
    const barriers = await findBarriers(target);
    const wide = await target.evaluate(
      "document.documentElement.scrollWidth > document.documentElement.clientWidth",
    );
    if (wide) barriers.push("the page scrolls sideways");
    return barriers;
  };
  for (const [name, path] of Object.entries(paths)) {
    await t.step(name, async () => {
      for (const look of looks) {
        assert.deepEqual(await visit(page, path, look), [], `${look.width} ${look.scheme}`);
      }
    });
  }
  await t.step("before sign-in", async () => {
    await using stranger = await openPerson(browser);
    for (const path of ["/", "/login", "/register", "/invite/none"]) {
      for (const look of looks) {
        assert.deepEqual(await visit(stranger.page, path, look), [], `${path} ${look.scheme}`);
      }
    }
  });
  assert.deepEqual(ann.faults, []);
  await browser.close();
});
