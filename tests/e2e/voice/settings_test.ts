/** The settings of voice in a real browser, the figures of a call, and that it is recorded. */
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { guildPath } from "../../../ui/lib/format/paths.ts";
import { connect } from "../../../server/postgres/connect.ts";
import { silentLog } from "../../../server/system/log.ts";
import { findBarriers } from "../../harness/axe.ts";
import { openPerson } from "../../harness/browser.ts";
import { startProcessServer } from "../../harness/process_server.ts";
import { launchTalker } from "../../harness/talker.ts";
import { tempFolder } from "../../harness/temp_folder.ts";
import { waitFor } from "../../harness/wait_for.ts";
import { settled } from "../people.ts";
import { makeScene, signIn } from "../scene.ts";
import { join, leave, LOOPBACK_VOICE, panel, prepareForTones } from "./in_call.ts";
import { hears } from "./listening.ts";

const TONE_HZ = 440;

/** Runs before a page's own scripts: keeps what its microphone is asked for and where it plays. */
const WATCH_SCRIPT = `
globalThis.asked = [];
globalThis.sinks = [];
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = (wanted) => {
  asked.push(wanted.audio);
  return open(wanted);
};
const { setSinkId } = AudioContext.prototype;
AudioContext.prototype.setSinkId = function (id) {
  sinks.push(id);
  return setSinkId.call(this, id);
};`;

interface Asked {
  readonly deviceId?: { readonly ideal: string };
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
  readonly autoGainControl: boolean;
}

const asked = (page: Page) => page.evaluate<Asked[]>("globalThis.asked");
const kept = (page: Page) =>
  page.evaluate<Record<string, unknown>>(`JSON.parse(localStorage.getItem("og-voice") ?? "{}")`);

/** The id of the last device that can be chosen, once devices have names. */
const lastChoice = (select: Locator) =>
  waitFor("devices to choose from", async () => {
    const ids = await select.locator("option").evaluateAll((options) =>
      options.map((option) => (option as HTMLOptionElement).value)
    );
    return ids.length > 1 ? ids.at(-1) : undefined;
  });

const levelOf = (meter: Locator) =>
  meter.evaluate((element) => (element as HTMLMeterElement).value);

Deno.test("settings of voice hold in a call, which says how good it is and that it is recorded", async (t) => {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempFolder());
  const server = stack.use(
    await startProcessServer(LOOPBACK_VOICE),
  );
  const scene = await makeScene(server);
  const browser = await launchTalker(folder.path, TONE_HZ);
  stack.defer(() => browser.close());
  const ann = stack.use(await openPerson(browser));
  const bob = stack.use(await openPerson(browser));
  for (const [person, name] of [[ann, "ann"], [bob, "bob"]] as const) {
    await prepareForTones(person.context);
    await person.context.addInitScript(WATCH_SCRIPT);
    await signIn(person.context, server.url, name);
  }
  /** What follows stands on it. */
  const step = async (name: string, walk: () => Promise<void>) =>
    assert.ok(await t.step(name, walk), name);
  // In a second tab: what is chosen there holds in the call at once.
  const settings = await ann.context.newPage();
  const switchOf = (name: string) => settings.getByRole("checkbox", { name });
  const chosen: { input?: string; output?: string } = {};

  await step("devices are chosen by name, tried, and kept in this browser", async () => {
    await settings.goto(`${server.url}/settings/voice`);
    await settled(settings);
    await settings.getByRole("button", { name: "Test the microphone" }).click();
    await settings.getByRole("button", { name: "End the test" }).waitFor();
    const input = settings.getByLabel("Microphone", { exact: true });
    const output = settings.getByLabel("Loudspeaker", { exact: true });
    chosen.input = await lastChoice(input);
    chosen.output = await lastChoice(output);
    await input.selectOption(chosen.input ?? "");
    await output.selectOption(chosen.output ?? "");
    await waitFor(
      "the chosen microphone to be tried",
      async () => (await asked(settings)).at(-1)?.deviceId?.ideal === chosen.input,
    );
    await settings.getByRole("button", { name: "Play a sound" }).click();
    await waitFor(
      "the chosen loudspeaker to be used",
      async () => (await settings.evaluate<string[]>("globalThis.sinks")).at(-1) === chosen.output,
    );
    const { input: heldInput, output: heldOutput } = await kept(settings);
    assert.deepEqual([heldInput, heldOutput], [chosen.input, chosen.output]);
    assert.deepEqual(await findBarriers(settings), []);
  });

  await step("the level is shown beside the threshold, until the test ends", async () => {
    const meter = settings.getByRole("meter", { name: "Level of the microphone" });
    const threshold = settings.getByRole("slider");
    // The tone is half as loud as can be: -9 dB.
    await waitFor("the tone in the meter", async () => await levelOf(meter) > -20);
    await threshold.fill("-5");
    await settings.locator('input[type=range][aria-valuetext="-5 dB"]').waitFor();
    await settings.locator('meter[low="-5"]').waitFor();
    assert.equal((await kept(settings))["thresholdDb"], -5);
    await settings.getByRole("button", { name: "End the test" }).click();
    await waitFor("an empty meter", async () => await levelOf(meter) === -90);
  });

  await step("a threshold above the voice keeps it, one below lets it through", async () => {
    const slider = settings.getByRole("slider");
    for (const { page } of [ann, bob]) {
      await page.goto(server.url + guildPath(scene.guildId));
      await settled(page);
      await join(page);
    }
    assert.equal((await asked(ann.page)).at(-1)?.deviceId?.ideal, chosen.input);
    await waitFor(
      "the chosen loudspeaker to be used",
      async () => (await ann.page.evaluate<string[]>("globalThis.sinks")).at(-1) === chosen.output,
    );
    await hears(ann.page, [TONE_HZ], { of: [TONE_HZ] });
    await hears(bob.page, [], { of: [TONE_HZ] });
    await slider.fill("-40");
    await hears(bob.page, [TONE_HZ], { of: [TONE_HZ] });
    await slider.fill("-5");
    await hears(bob.page, [], { of: [TONE_HZ] });
    await slider.fill("-40");
    await hears(bob.page, [TONE_HZ], { of: [TONE_HZ] });
  });

  await step("filters are switched while one speaks", async () => {
    const filters = [
      ["Suppress noise", "noiseSuppression"],
      ["Cancel echo", "echoCancellation"],
      ["Even out loudness", "autoGainControl"],
    ] as const;
    for (const [name, constraint] of filters) {
      for (const on of [true, false]) {
        await switchOf(name).setChecked(on);
        await waitFor(
          `${constraint} to be ${on} in the call`,
          async () => (await asked(ann.page)).at(-1)?.[constraint] === on,
        );
      }
    }
    await hears(bob.page, [TONE_HZ], { of: [TONE_HZ] });
  });

  await step("the dialog says how good the connection is", async () => {
    await panel(ann.page).getByRole("button", { name: "Encryption, people and quality" }).click();
    const figures = ann.page.getByRole("region", { name: /^Connection/ });
    const read = async () =>
      Object.fromEntries(
        await figures.locator("dl > div").evaluateAll((rows) =>
          rows.map((row) => [
            row.querySelector("dt")?.textContent ?? "",
            row.querySelector("dd")?.textContent ?? "",
          ])
        ),
      ) as Record<string, string>;
    const known = await waitFor("all four figures", async () => {
      const rows = await read();
      const values = Object.values(rows);
      return values.length > 0 && !values.includes("not known yet") ? rows : undefined;
    });
    assert.deepEqual(Object.keys(known), [
      "Round trip",
      "Lost packets",
      "Jitter",
      "Not decryptable",
    ]);
    for (const name of ["Round trip", "Jitter"]) assert.match(known[name] ?? "", /^\d+ ms$/);
    for (const name of ["Lost packets", "Not decryptable"]) {
      assert.match(known[name] ?? "", /^\d+(\.\d)? %$/);
    }
    assert.deepEqual(await findBarriers(ann.page, { inside: "dialog[open]" }), []);
    await ann.page.keyboard.press("Escape");
    await ann.page.locator("dialog[open]").waitFor({ state: "detached" });
  });

  await step("that a bot records is said to everybody, for as long as it does", async () => {
    const sql = connect({ url: server.databaseUrl, poolSize: 1, log: silentLog });
    await sql`update profiles set bot = true where user_id = ${scene.bob.id}`;
    await sql.end();
    // With the new name the server looks at who this is.
    await scene.bob.do("PATCH", "/account", { display_name: "Tape" });
    const stays: string[] = [];
    bob.page.on("request", (request) => {
      const [, stay] = /\/voice\/sessions\/([^/?]+)/.exec(request.url()) ?? [];
      if (stay !== undefined) stays.push(stay);
    });
    await leave(bob.page);
    await panel(bob.page).waitFor({ state: "detached" });
    stays.length = 0;
    await join(bob.page);
    const path = `/client/v1/voice/sessions/${stays.at(-1)}`;
    const record = (recording: boolean) =>
      bob.page.evaluate(
        async ([path, body]) =>
          (await fetch(path, {
            method: "PATCH",
            headers: { "content-type": "application/json" },
            body,
          })).status,
        [path, JSON.stringify({ recording })] as const,
      );
    const line = panel(ann.page).getByText(/ records this call\.$/);
    assert.equal(await line.count(), 0);
    assert.equal(await record(true), 200);
    await line.waitFor();
    assert.equal(await line.innerText(), "Tape records this call.");
    assert.equal(await record(false), 200);
    await line.waitFor({ state: "detached" });
  });
  assert.deepEqual([...ann.faults, ...bob.faults], []);
});
