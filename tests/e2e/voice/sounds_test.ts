/** The sounds of a call: who comes and goes, and what one presses. */
import type { Browser, Page } from "playwright-core";
import { openPerson, type Person } from "../../harness/browser.ts";
import { type ProcessServer, startProcessServer } from "../../harness/process_server.ts";
import { launchTalker } from "../../harness/talker.ts";
import { tempFolder } from "../../harness/temp_folder.ts";
import { waitFor } from "../../harness/wait_for.ts";
import { settled } from "../people.ts";
import { signIn } from "../scene.ts";
import { join, leave, LOOPBACK_VOICE, panel, rowOf } from "./in_call.ts";

/** Before a page's own scripts: which notes its oscillators have begun to play. */
const NOTES = `
globalThis.notes = [];
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) {
  notes.push(this.frequency.value);
  return start.apply(this, when);
};`;

/** Waits until exactly these notes were played since the last look. */
async function played(page: Page, ...notes: number[]): Promise<void> {
  await waitFor(
    `the notes ${notes.join()}`,
    async () => await page.evaluate<string>("notes.join()") === notes.join(),
  );
  await page.evaluate("notes.length = 0");
}

async function enter(
  browser: Browser,
  server: ProcessServer,
  name: string,
  guildId: string,
): Promise<Person> {
  const person = await openPerson(browser);
  await person.context.addInitScript(NOTES);
  await signIn(person.context, server.url, name);
  await person.page.goto(`${server.url}/g/${guildId.slice(1)}`);
  await settled(person.page);
  return person;
}

Deno.test("a call sounds when somebody comes, goes or mutes, unless one wants it silent", async () => {
  await using folder = await tempFolder();
  await using server = await startProcessServer(LOOPBACK_VOICE);
  const owner = await server.register("ann");
  const guild = await owner.do("POST", "/guilds", { name: "Riverside" });
  const { code } = await owner.do("POST", "/invites", { guild_id: guild.id });
  const other = await server.register("bob", code);
  await other.do("POST", `/invites/${code}/accept`, {});
  await using stack = new AsyncDisposableStack();
  const browser = await launchTalker(folder.path, 440);
  stack.defer(() => browser.close());
  const ann = await enter(browser, server, "ann", guild.id);
  const bob = await enter(browser, server, "bob", guild.id);

  await join(ann.page);
  await played(ann.page, 523, 784);
  await join(bob.page);
  await played(ann.page, 523, 784);
  await panel(ann.page).getByRole("button", { name: "Mute", exact: true }).click();
  await played(ann.page, 330);
  await panel(ann.page).getByRole("button", { name: "Unmute" }).click();
  await played(ann.page, 440);
  await leave(bob.page);
  await played(ann.page, 784, 523);

  const settings = await ann.context.newPage();
  await settings.goto(`${server.url}/settings/voice`);
  await settled(settings);
  await settings.getByLabel("Sounds for joining, leaving and muting").uncheck();
  await settings.close();
  await panel(ann.page).getByRole("button", { name: "Mute", exact: true }).click();
  await join(bob.page);
  await rowOf(bob.page, "ann").getByText("muted").waitFor({ state: "attached" });
  await rowOf(ann.page, "bob").waitFor();
  await leave(bob.page);
  await rowOf(ann.page, "bob").waitFor({ state: "detached" });
  await played(ann.page);
});
