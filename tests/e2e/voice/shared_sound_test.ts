/** A tab that is shared with its sound: what the browser captures of it is real. */
import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { openPerson, type Person } from "../../harness/browser.ts";
import { type ProcessServer, startProcessServer } from "../../harness/process_server.ts";
import { launchTalker } from "../../harness/talker.ts";
import { tempFolder } from "../../harness/temp_folder.ts";
import { waitFor } from "../../harness/wait_for.ts";
import { settled } from "../people.ts";
import { signIn } from "../scene.ts";
import {
  join,
  KEEP_CONNECTIONS,
  leave,
  LOOPBACK_VOICE,
  panel,
  prepareForTones,
  rowOf,
} from "./in_call.ts";
import { hears } from "./listening.ts";

/** Those who watch have one microphone between them; no tone is near a multiple of another one. */
const OTHERS_HZ = 440;
const BOB_HZ = 1000;
const TAB_HZ = 2700;
const ALL = [OTHERS_HZ, BOB_HZ, TAB_HZ];
const TAB_TITLE = "Concert";
/** Of a picture that is seen. */
const FRAMES = 3;

/** A page that plays a tone and whose picture moves. */
const CONCERT = `<!doctype html><title>${TAB_TITLE}</title><script>
const audio = new AudioContext();
const tone = new OscillatorNode(audio, { frequency: ${TAB_HZ} });
tone.connect(new GainNode(audio, { gain: 0.4 })).connect(audio.destination);
tone.start();
let hue = 0;
setInterval(() => document.documentElement.style.background = "hsl(" + (hue += 20) + " 90% 50%)", 100);
</script>`;

const CONNECTIONS = `${KEEP_CONNECTIONS}
globalThis.framesSeen = async () => {
  let count = 0;
  for (const stat of (await connections.at(-1).getStats()).values()) {
    if (stat.type === "inbound-rtp" && stat.kind === "video") count += stat.framesDecoded;
  }
  return count;
};
globalThis.descriptionParts = () =>
  connections.at(-1).remoteDescription.sdp.split("\\r\\nm=").length - 1;`;

async function enter(
  browser: Browser,
  server: ProcessServer,
  name: string,
  guildId: string,
): Promise<Person> {
  const person = await openPerson(browser);
  await person.context.grantPermissions(["microphone"], { origin: server.url });
  await prepareForTones(person.context);
  await person.context.addInitScript(CONNECTIONS);
  await signIn(person.context, server.url, name);
  await person.page.goto(`${server.url}/g/${guildId.slice(1)}`);
  await settled(person.page);
  return person;
}

const screen = (page: Page, name = "bob") => page.getByRole("group", { name: `Screen of ${name}` });
const listen = (page: Page, ...tones: number[]) => hears(page, tones, { of: ALL });

Deno.test("the sound of a shared tab is heard by those who watch it, and by nobody else", async (t) => {
  await using folder = await tempFolder();
  await using server = await startProcessServer(LOOPBACK_VOICE);
  const owner = await server.register("ann");
  const guild = await owner.do("POST", "/guilds", { name: "Riverside" });
  const { code } = await owner.do("POST", "/invites", { guild_id: guild.id });
  const people: Record<string, { readonly id: string }> = {};
  for (const name of ["bob", "cy"]) {
    const person = await server.register(name, code);
    await person.do("POST", `/invites/${code}/accept`, {});
    people[name] = person;
  }
  await using stack = new AsyncDisposableStack();
  const [others, sharer] = await Promise.all([
    launchTalker(folder.path, OTHERS_HZ),
    launchTalker(folder.path, BOB_HZ, { shares: TAB_TITLE }),
  ]);
  for (const browser of [others, sharer]) stack.defer(() => browser.close());
  const [{ page: ann }, bob, { page: cy }] = await Promise.all([
    enter(others, server, "ann", guild.id),
    enter(sharer, server, "bob", guild.id),
    enter(others, server, "cy", guild.id),
  ]);
  const concert = await bob.context.newPage();
  await concert.setContent(CONCERT);
  const step = async (name: string, act: () => Promise<void>) => {
    if (!await t.step(name, act)) throw new Error(`What follows "${name}" stands on it.`);
  };
  const share = async (page: Page) => {
    await panel(page).getByRole("button", { name: "Share your screen" }).click();
    await panel(page).getByText("Others can see your screen.").waitFor();
  };
  const watch = async (page: Page, name = "bob") => {
    const before = await page.evaluate<number>("framesSeen()");
    await page.getByRole("button", { name: `Watch the screen of ${name}` }).click();
    await screen(page, name).locator("video").waitFor();
    await waitFor(
      "the picture",
      async () => await page.evaluate<number>("framesSeen()") > before + FRAMES,
    );
  };
  const moderate = async (wanted: Record<string, unknown>) => {
    const voice = guild.channels.find(({ kind }: { kind: string }) => kind === "voice").id;
    const who = encodeURIComponent(people["bob"]!.id);
    await owner.do(
      "PATCH",
      `/rooms/${guild.id}/channels/${voice}/voice/participants/${who}`,
      wanted,
    );
  };

  await step("who watches hears the tab, who does not hears the voices alone", async () => {
    for (const page of [ann, bob.page, cy]) await join(page);
    await share(bob.page);
    await watch(ann);
    await listen(ann, OTHERS_HZ, BOB_HZ, TAB_HZ);
    await listen(cy, OTHERS_HZ, BOB_HZ);
    await listen(bob.page, OTHERS_HZ);
  });
  await step("picture and sound are played in step", async () => {
    // The browser says when it will play what of the sender's time: it knows how both go with it.
    const known = () =>
      ann.evaluate<string[]>(`(async () =>
        [...(await connections.at(-1).getStats()).values()]
          .filter((stat) =>
            stat.type === "inbound-rtp" && stat.estimatedPlayoutTimestamp !== undefined
          ).map(({ kind }) => kind).sort())()`);
    await waitFor("both times", async () => (await known()).join() === "audio,video");
  });
  await step("its loudness is one's own, and apart from the voice's", async () => {
    const loudness = screen(ann).getByLabel("Sound of the screen");
    await loudness.fill("0");
    await listen(ann, OTHERS_HZ, BOB_HZ);
    await loudness.fill("100");
    await listen(ann, OTHERS_HZ, BOB_HZ, TAB_HZ);
  });
  await step("whom moderators mute is not heard by a tab either", async () => {
    await moderate({ server_muted: true });
    await listen(ann, OTHERS_HZ);
    await moderate({ server_muted: false });
    await listen(ann, OTHERS_HZ, BOB_HZ, TAB_HZ);
  });
  await step(
    "who is deafened hears nothing of it, who stops watching hears the voices",
    async () => {
      await panel(ann).getByRole("button", { name: "Deafen", exact: true }).click();
      await listen(ann);
      await panel(ann).getByRole("button", { name: "Hear again" }).click();
      await listen(ann, OTHERS_HZ, BOB_HZ, TAB_HZ);
      await screen(ann).getByRole("button", { name: "Stop watching" }).click();
      await listen(ann, OTHERS_HZ, BOB_HZ);
      await watch(ann);
      await listen(ann, OTHERS_HZ, BOB_HZ, TAB_HZ);
    },
  );
  await step(
    "who watches somebody, comes again and shares again is seen and heard, in the same places",
    async () => {
      // An invented screen: its browser asks nobody.
      await share(ann);
      const parts: number[] = [];
      for (let turn = 0; turn < 2; turn++) {
        await leave(bob.page);
        await rowOf(ann, "bob").waitFor({ state: "detached" });
        await listen(ann, OTHERS_HZ);
        await join(bob.page);
        await watch(bob.page, "ann");
        await share(bob.page);
        await watch(ann);
        await listen(ann, OTHERS_HZ, BOB_HZ, TAB_HZ);
        parts.push(await ann.evaluate<number>("descriptionParts()"));
      }
      assert.equal(parts[1], parts[0]);
    },
  );
});
