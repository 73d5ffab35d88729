/** Asking to be let in, and a guild that goes on in a new room, by people of two servers. */
import assert from "node:assert/strict";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startServers } from "../harness/federated.ts";
import type { Person } from "../harness/homeserver.ts";
import { settled } from "./people.ts";
import { signIn } from "./scene.ts";

async function found(owner: Person) {
  const guild = await owner.do("POST", "/guilds", { name: "Riverside Garden Club" });
  await owner.do("POST", "/channels", {
    guild_id: guild.id,
    kind: "text",
    name: "committee",
    private: true,
  });
  const general = guild.channels.find((each: { name: string }) => each.name === "general").id;
  return { guildId: guild.id as string, general: general as string };
}

Deno.test("somebody of another server asks, is let in, and follows the guild to its new room", async (t) => {
  await using federation = await startServers(2);
  const [one, two] = federation.servers;
  assert(one !== undefined && two !== undefined);
  const { guildId, general } = await found(await one.register("ann"));
  await two.register("bob");
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  await using bob = await openPerson(browser, { phone: true });
  await signIn(ann.context, one.url, "ann");
  await signIn(bob.context, two.url, "bob");
  const settings = `${one.url}/g/${guildId.slice(1)}/settings`;

  await t.step("ann lets people ask", async () => {
    await ann.page.goto(`${settings}/requests`);
    await ann.page.getByText("Nobody is asking.").waitFor();
    await ann.page.getByLabel("People without an invitation may ask").check();
    await ann.page.getByRole("button", { name: "Save" }).click();
    await ann.page.getByLabel("Address for asking").waitFor();
    await ann.page.goto(`${one.url}/g/${guildId.slice(1)}/${general}`);
    await settled(ann.page);
  });

  await t.step("bob asks from home, and ann sees it where she is", async () => {
    await bob.page.goto(`${two.url}/ask/${guildId.slice(1)}?server=${one.name}`);
    await bob.page.getByText("one.test").waitFor();
    await bob.page.getByRole("button", { name: "Ask to be let in" }).click();
    await bob.page.getByRole("heading", { name: "You have asked." }).waitFor();
    await ann.page.getByRole("link", { name: "1 request to join" }).click();
    await ann.page.getByRole("button", { name: "Let bob in" }).click();
    await ann.page.getByText("Nobody is asking.").waitFor();
  });

  await t.step("bob takes the invitation, is led there and reads", async () => {
    await bob.page.goto(`${two.url}/home`);
    await settled(bob.page);
    await bob.page.getByRole("link", { name: "Guilds and channels" }).click();
    await bob.page.getByRole("button", { name: /^Accept/ }).click();
    await bob.page.waitForURL((url) => url.pathname.startsWith(`/g/${guildId.slice(1)}`));
    await bob.page.locator("textarea[name=body]:enabled").waitFor();
  });

  await t.step("ann lets the guild go on in a new room, told before what stays", async () => {
    await ann.page.goto(`${settings}/move`);
    await ann.page.getByText("committee").waitFor();
    await ann.page.getByLabel("Type Riverside Garden Club to go on").fill("Riverside");
    await ann.page.getByRole("button", { name: "Go on in a new room" }).click();
    await ann.page.getByText("typed differently").waitFor();
    await ann.page.getByLabel("Type Riverside Garden Club to go on").fill("Riverside Garden Club");
    await ann.page.getByRole("button", { name: "Go on in a new room" }).click();
    await ann.page.waitForURL((url) =>
      url.pathname.startsWith("/g/") && !url.pathname.includes(guildId.slice(1))
    );
    await settled(ann.page);
  });

  await t.step("bob is taken there from where he was, and is heard", async () => {
    await bob.page.waitForURL((url) =>
      url.pathname.startsWith("/g/") && !url.pathname.includes(guildId.slice(1))
    );
    await bob.page.locator("textarea[name=body]:enabled").fill("Here too");
    await bob.page.getByRole("button", { name: "Send" }).click();
    await ann.page.locator("article", { hasText: "Here too" }).waitFor();
  });
  assert.deepEqual([...ann.faults, ...bob.faults], []);
  await browser.close();
});
