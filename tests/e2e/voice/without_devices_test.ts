/** Calls of people whose machine has no loudspeaker, or no microphone, or neither. */
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { guildPath } from "../../../ui/lib/format/paths.ts";
import { findBarriers } from "../../harness/axe.ts";
import { launchOptions, openPerson } from "../../harness/browser.ts";
import { FIREFOX_TONE_HZ, launchFirefox } from "../../harness/firefox.ts";
import { NO_DEVICES } from "../../harness/loudspeakers.ts";
import { startProcessServer } from "../../harness/process_server.ts";
import { settled } from "../people.ts";
import { makeScene, signIn } from "../scene.ts";
import { join, leave, panel, prepareForTones } from "./in_call.ts";
import { hears } from "./listening.ts";

const SOUNDLESS = "Nothing can be played here";
const NO_OUTPUT = "No sound output was found";
const NO_MICROPHONE = "No microphone was found.";
const HEARS = "You hear the others meanwhile.";

Deno.test("without a loudspeaker or a microphone one is in a call all the same, and told so", async (t) => {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(
    await startProcessServer({ OPENGUILD_VOICE_ENABLED: "yes", OPENGUILD_VOICE_PORT: "0" }),
  );
  const scene = await makeScene(server);
  const invite = await scene.ann.do("POST", "/invites", { guild_id: scene.guildId });
  const third = await server.register("cy", invite.code);
  await third.do("POST", `/invites/${invite.code}/accept`, {});
  const enter = async (browser: Awaited<ReturnType<typeof launchFirefox>>, name: string) => {
    stack.defer(() => browser.close());
    const person = stack.use(await openPerson(browser));
    await prepareForTones(person.context);
    await signIn(person.context, server.url, name);
    await person.page.goto(server.url + guildPath(scene.guildId));
    await settled(person.page);
    return person;
  };
  /** What follows stands on it. */
  const step = async (name: string, walk: () => Promise<void>) =>
    assert.ok(await t.step(name, walk), name);
  const { args, ...options } = launchOptions();
  const bob = await enter(
    await chromium.launch({
      ...options,
      env: { ...Deno.env.toObject(), ...NO_DEVICES },
      args: [
        ...args,
        "--use-fake-ui-for-media-stream",
        "--autoplay-policy=no-user-gesture-required",
        "--allow-loopback-in-peer-connection",
      ],
    }),
    "bob",
  );

  await step("Chromium without a microphone", async () => {
    await join(bob.page);
    await panel(bob.page).getByText(NO_MICROPHONE).waitFor();
    await panel(bob.page).getByText(HEARS).waitFor();
    assert.equal(await panel(bob.page).getByText(SOUNDLESS).count(), 0);
    assert.deepEqual(await findBarriers(bob.page), []);
  });

  await step("Firefox without a loudspeaker is heard, as often as it tries again", async () => {
    const ann = await enter(await launchFirefox(NO_DEVICES), "ann");
    await join(ann.page);
    await panel(ann.page).getByText(SOUNDLESS).waitFor();
    await hears(bob.page, [FIREFOX_TONE_HZ], { of: [FIREFOX_TONE_HZ] });
    assert.equal(await panel(ann.page).getByText(NO_MICROPHONE).count(), 0);
    await panel(ann.page).getByRole("button", { name: "Try again" }).click();
    await panel(ann.page).getByText(SOUNDLESS).waitFor({ state: "detached" });
    await panel(ann.page).getByText("Connected", { exact: true }).waitFor();
    await panel(ann.page).getByText(SOUNDLESS).waitFor();
    await hears(bob.page, [FIREFOX_TONE_HZ], { of: [FIREFOX_TONE_HZ] });
    await leave(ann.page);
    await panel(ann.page).waitFor({ state: "detached" });
    assert.deepEqual(ann.faults, []);
  });

  const settings = async (person: typeof bob) => {
    const page = await person.context.newPage();
    await page.goto(`${server.url}/settings/voice`);
    await settled(page);
    return page;
  };

  await step("Chromium's settings say so when something is tried", async () => {
    const page = await settings(bob);
    assert.equal(await page.getByText(NO_OUTPUT).count(), 0);
    await page.getByRole("button", { name: "Play a sound" }).click();
    await page.getByText(NO_OUTPUT).waitFor();
    assert.deepEqual(await findBarriers(page), []);
    await page.close();
  });

  await step("Firefox's settings say so when the microphone is tested", async () => {
    const dan = await enter(await launchFirefox(NO_DEVICES), "ann");
    const page = await settings(dan);
    await page.getByRole("button", { name: "Test the microphone" }).click();
    await page.getByText(NO_OUTPUT).waitFor();
    assert.deepEqual(dan.faults, []);
  });

  await step("Firefox with neither", async () => {
    const none = { "media.navigator.streams.fake": false };
    const cy = await enter(await launchFirefox(NO_DEVICES, none), "cy");
    await join(cy.page);
    await panel(cy.page).getByText(NO_MICROPHONE).waitFor();
    await panel(cy.page).getByText(SOUNDLESS).waitFor();
    await panel(cy.page).getByText(HEARS).waitFor({ state: "detached" });
    assert.deepEqual(cy.faults, []);
  });
  assert.deepEqual(bob.faults, []);
});
