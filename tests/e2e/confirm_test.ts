/** What was typed stands in its form while the page asks once more who it is. */
import assert from "node:assert/strict";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { PASSWORD, startHomeserver } from "../harness/homeserver.ts";
import { settled } from "./people.ts";
import { signIn } from "./scene.ts";

Deno.test("a form without scripts keeps what was typed while the password is asked for", async () => {
  await using server = await startHomeserver();
  const ann = await server.register("ann");
  const browser = await launchBrowser();
  {
    await using bare = await openPerson(browser, { scripts: false });
    const { page } = bare;
    await signIn(bare.context, server.url, "ann");
    await server.parts.database.sql`
      update sessions set confirmed_until = 0 where user_id = ${ann.id}`;
    await page.goto(`${server.url}/settings/tokens`);
    const name = page.locator("form.form input[name=name], form input[name=name][maxlength]")
      .first();
    await name.fill("Robot");
    await page.locator("input[name=scope][value='write:messages'][type=checkbox]").check();
    await page.getByRole("button", { name: "Make the token" }).click();
    const password = page.locator("input[name=confirm_password]");
    await password.waitFor();
    assert.equal(await name.inputValue(), "Robot");
    assert.equal(
      await page.locator("input[name=scope][value='write:messages'][type=checkbox]").isChecked(),
      true,
    );
    await password.fill("not the password");
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("alert").waitFor();
    assert.equal(await name.inputValue(), "Robot");
    await password.fill(PASSWORD);
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByText("Robot").first().waitFor();
  }
  await browser.close();
  const { tokens } = await ann.do("GET", "/account/tokens");
  assert.deepEqual(tokens.map((token: { name: string }) => token.name), ["Robot"]);
});

Deno.test("settings of the server keep what was typed, whoever reads the page without scripts", async () => {
  await using server = await startHomeserver();
  const ann = await server.register("ann");
  const browser = await launchBrowser();
  for (const scripts of [false, true]) {
    await using person = await openPerson(browser, { scripts });
    const { page } = person;
    await signIn(person.context, server.url, "ann");
    await server.parts.database.sql`
      update sessions set confirmed_until = 0 where user_id = ${ann.id}`;
    await page.goto(`${server.url}/admin/settings`);
    if (scripts) await settled(page);
    const title = page.getByLabel("Name on the pages");
    const asked = page.getByLabel("Administrators decide on each new account");
    const name = scripts ? "Late Garden" : "Early Garden";
    await title.fill(name);
    await asked.check();
    await page.getByRole("button", { name: "Save" }).click();
    const password = page.locator("input[name=confirm_password]");
    await password.fill("not the password");
    assert.equal(await title.inputValue(), name);
    assert.equal(await asked.isChecked(), true);
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("alert").waitFor();
    assert.equal(await title.inputValue(), name);
    assert.equal(await asked.isChecked(), true);
    // What waits for an answer above is not lost by the answer: nobody is warned of that.
    assert.equal(await page.getByRole("region", { name: "unsaved" }).count(), 0);
    await password.fill(PASSWORD);
    await page.getByRole("button", { name: "Go on" }).click();
    await page.locator(".saved").waitFor();
    assert.equal(await title.inputValue(), name);
    await asked.uncheck();
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator(".saved").waitFor();
  }
  await browser.close();
});
