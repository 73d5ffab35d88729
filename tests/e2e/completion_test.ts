import assert from "node:assert/strict";
import { parseUserId } from "../../core/ids/user_id.ts";
import { acceptInvite } from "../../server/services/invites/accept_invite.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { type Homeserver, startHomeserver } from "../harness/homeserver.ts";
import { foundGuild, holds, settled } from "./people.ts";

/** More members than the client holds of a guild. */
const CROWD = 205;
const AT_ONCE = 8;

Deno.test("a member beyond those that the page holds can be completed and is mentioned", async () => {
  await using server = await startHomeserver();
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  const { page } = ann;
  await foundGuild(page, server.setupLink ?? "", "Workshop");
  const [, , guild] = new URL(page.url()).pathname.split("/");
  const code = await page.evaluate(`(async () => {
    const answer = await fetch("/client/v1/invites", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ guild_id: "!${guild}" }),
    });
    return (await answer.json()).code;
  })()`);
  const names = Array.from({ length: CROWD }, (_, i) => `member${String(i).padStart(3, "0")}`);
  // The last by name, so that no first page holds it.
  names.push("zoe");
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const some = names.slice(at, at + AT_ONCE);
    await Promise.all(some.map((name) => join(server, name, String(code))));
  }
  // Who comes in while one looks is known: only a page opened later lacks the last.
  await page.locator(".members").getByText(String(names.length + 1), { exact: true }).waitFor();
  await page.reload();
  await settled(page);
  const held = await page.locator("#og-props").textContent() ?? "";
  assert.ok(held.includes("@member000:localhost") && !held.includes("@zoe:localhost"));
  const box = page.locator("textarea[name=body]");
  await box.pressSequentially("hello @zo");
  await page.getByRole("option", { name: "zoe" }).waitFor();
  await box.press("Enter");
  await holds(page, "hello @zoe ");
  await box.press("Enter");
  await page.locator("article:not(.pending) .pill", { hasText: "zoe" }).waitFor();
  // A right click has what is done most, and an answer begins in the box.
  await page.locator("article:not(.pending)", { hasText: "hello" }).click({ button: "right" });
  await page.getByRole("menuitem", { name: "Reply" }).click();
  await page.locator(".composer-mode", { hasText: "ann" }).waitFor();
  await page.locator("textarea[name=body]:focus").waitFor();
  await box.press("Escape");
  // Whoever writes with the focus nowhere means the box.
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.type("no ");
  await holds(page, "no ");
  await box.fill("");
  // A shortcode that is typed to its end is the emoji, by whichever name one knows it.
  // All of them are typed before the emoji are here.
  const typed = Promise.withResolvers<void>();
  await page.route(/\/assets\/emoji/, async (route) => {
    await typed.promise;
    await route.continue();
  });
  await box.pressSequentially("yes :thumbsup: :nosuchcode: :tada:!");
  typed.resolve();
  await holds(page, "yes 👍️ :nosuchcode: 🎉!");
  assert.deepEqual(ann.faults, []);
  await browser.close();
});

/** A member without a password: to hash two hundred of them takes longer than all the rest. */
async function join(server: Homeserver, name: string, code: string): Promise<void> {
  const { chat, database: { sql } } = server.parts;
  const userId = parseUserId(`@${name}:localhost`);
  assert.ok(chat !== undefined && userId !== undefined);
  await sql`
    insert into users (user_id, local, skeleton, created_ts, created_by)
    values (${userId}, ${name}, ${name}, 1, 'admin')`;
  await sql`insert into profiles (user_id, updated_ts) values (${userId}, 1)`;
  await acceptInvite(chat, { userId, address: "127.0.0.1" }, code);
}
