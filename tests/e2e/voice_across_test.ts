/** A call of two servers, each person in a browser whose microphone plays a tone of its own. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { findBarriers } from "../harness/axe.ts";
import { openPerson } from "../harness/browser.ts";
import { VOICE } from "../harness/callers.ts";
import { startServers } from "../harness/federated.ts";
import { makeGuild, type Person } from "../harness/homeserver.ts";
import { launchTalker } from "../harness/talker.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { waitFor } from "../harness/wait_for.ts";
import { settled } from "./people.ts";
import { signIn } from "./scene.ts";
import {
  connected,
  join,
  leave,
  panel,
  prepareForTones,
  pressVoice,
  rings,
  rowOf,
  sameCode,
  stage,
} from "./voice/in_call.ts";
import { hears } from "./voice/listening.ts";

const TONES = { ann: 440, bob: 660 } as const;
const ALL = Object.values(TONES);
/** What a caller hears while somebody is rung. */
const DIAL_HZ = 392;

Deno.test("people of two servers talk: one is told first which server sees the address", async (t) => {
  await using folder = await tempFolder();
  await using federation = await startServers(2, { settings: VOICE });
  const [one, two] = federation.servers;
  assert.ok(one && two);
  const { owner, guildId } = await makeGuild(one, ["ann"]);
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  const visitor = await two.register("bob");
  await visitor.do("POST", "/join", { link: `${code}@one.test` });
  await waitFor(
    "bob to be in the guild",
    async () => (await visitor.try("GET", `/guilds/${guildId}`)).status === 200,
  );
  const dm = await owner.do("POST", "/dms", { user_id: visitor.id });
  const isIn = async (person: Person) =>
    (await person.do("GET", "/dms")).dms[0]?.state === "joined";
  await waitFor("bob to come into the conversation", async () => {
    const { status } = await visitor.try("POST", `/rooms/${dm.room_id}/join`);
    return status === 200 && await isIn(visitor) && await isIn(owner);
  });
  await using stack = new AsyncDisposableStack();
  const enter = async (name: keyof typeof TONES, url: string) => {
    const browser = await launchTalker(folder.path, TONES[name]);
    stack.defer(() => browser.close());
    const person = await openPerson(browser, { phone: name === "bob" });
    await prepareForTones(person.context);
    await signIn(person.context, url, name);
    await person.page.goto(`${url}/g/${guildId.slice(1)}`);
    await settled(person.page);
    return person;
  };
  const [ann, bob] = await Promise.all([enter("ann", one.url), enter("bob", two.url)]);
  const step = async (name: string, act: () => Promise<void>) => {
    if (!await t.step(name, act)) throw new Error(`What follows "${name}" stands on it.`);
  };
  const listen = (page: Page, ...tones: number[]) => hears(page, tones, { of: ALL });

  await step(
    "who comes from another server sees who is in, and agrees before joining",
    async () => {
      await join(ann.page);
      await pressVoice(bob.page);
      await panel(bob.page).getByText("one.test, which will see the address of this device")
        .waitFor();
      assert.deepEqual(await findBarriers(bob.page, { inside: ".call-panel" }), []);
      await rowOf(bob.page, "ann").waitFor({ state: "attached" });
      assert.equal(await rowOf(ann.page, "bob").count(), 0);
      await panel(bob.page).getByRole("button", { name: "Agree and join" }).click();
      await connected(bob.page);
    },
  );
  await step("both hear each other, and have one code", async () => {
    await listen(ann.page, TONES.bob);
    await listen(bob.page, TONES.ann);
    await rowOf(ann.page, "bob").getByText("speaks").waitFor({ state: "attached" });
    await rowOf(bob.page, "ann").getByText("speaks").waitFor({ state: "attached" });
    await sameCode(ann.page, bob.page);
  });
  await step("who is muted is seen so there, and not heard", async () => {
    await panel(bob.page).getByRole("button", { name: "Mute", exact: true }).click();
    await rowOf(ann.page, "bob").getByText("muted").waitFor({ state: "attached" });
    await listen(ann.page);
    await panel(bob.page).getByRole("button", { name: "Unmute" }).click();
    await listen(ann.page, TONES.bob);
  });
  await step("who leaves is not heard any more, and comes again without being asked", async () => {
    await leave(bob.page);
    await listen(ann.page);
    await listen(bob.page);
    await rowOf(ann.page, "bob").waitFor({ state: "detached" });
    await join(bob.page);
    await listen(ann.page, TONES.bob);
    await listen(bob.page, TONES.ann);
    await leave(ann.page);
    await listen(bob.page);
    await leave(bob.page);
  });
  await step("a call in a conversation rings on the other server, and is declined", async () => {
    await ann.page.goto(`${one.url}/dm/${dm.room_id.slice(1)}`);
    await settled(ann.page);
    await ann.page.getByRole("button", { name: "Start a call" }).click();
    await stage(ann.page).getByText("ringing…").waitFor();
    await hears(ann.page, [DIAL_HZ], { of: [DIAL_HZ] });
    await rings(bob.page).getByText("is calling you").waitFor();
    await rings(bob.page).getByRole("button", { name: "Decline the call from ann" }).click();
    await rings(bob.page).waitFor({ state: "detached" });
    await stage(ann.page).getByText("declined").waitFor();
    await hears(ann.page, [], { of: [DIAL_HZ] });
  });
  await step("who missed it calls back, agrees first, and is heard", async () => {
    await stage(ann.page).getByRole("button", { name: "Ring again" }).click();
    await rings(bob.page).waitFor();
    await leave(ann.page);
    await rings(bob.page).waitFor({ state: "detached" });
    await bob.page.evaluate('localStorage.removeItem("og-voice-servers")');
    await bob.page.goto(`${two.url}/dm/${dm.room_id.slice(1)}`);
    await bob.page.getByText("Missed call from ann").waitFor();
    await settled(bob.page);
    await bob.page.getByRole("button", { name: "Call back" }).click();
    await panel(bob.page).getByRole("button", { name: "Agree and join" }).click();
    await rings(ann.page).getByRole("button", { name: "Accept the call from bob" }).click();
    await listen(ann.page, TONES.bob);
    await listen(bob.page, TONES.ann);
    await sameCode(ann.page, bob.page);
    await leave(bob.page);
    await listen(ann.page);
    await leave(ann.page);
  });
  assert.deepEqual([...ann.faults, ...bob.faults], []);
});
