/** People in a voice channel, each in a browser whose microphone plays a tone of its own. */
import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { deriveSFrameKey, openFrame } from "../../core/e2ee/voice/sframe.ts";
import { findBarriers } from "../harness/axe.ts";
import { decodeHeader } from "../../core/e2ee/voice/sframe_header.ts";
import { openPerson, type Person } from "../harness/browser.ts";
import { type ProcessServer, startProcessServer } from "../harness/process_server.ts";
import { launchTalker, PLAIN_HOST } from "../harness/talker.ts";
import { busyProcessor } from "../harness/busy_processor.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { LOSE, PASS, type UdpRelay, udpRelay } from "../harness/udp_relay.ts";
import { waitFor } from "../harness/wait_for.ts";
import { reachable } from "./comfort.ts";
import { say, settled } from "./people.ts";
import { signIn } from "./scene.ts";
import {
  CHOICES,
  connected,
  join,
  leave,
  LOOPBACK_VOICE,
  panel,
  prepareForTones,
  pressVoice,
  rings,
  rowOf,
  sameCode,
  stage,
} from "./voice/in_call.ts";
import { hears, type Recorded, recordFrames } from "./voice/listening.ts";

const TONES = { ann: 440, bob: 660, cy: 990 } as const;
type Name = keyof typeof TONES;
const ALL = Object.values(TONES);

/** Chooses in another tab, as somebody does in the settings. */
async function chooseElsewhere({ context }: Person, choice: { readonly pushToTalk: boolean }) {
  const page = await context.newPage();
  await page.goto(`${new URL(context.pages()[0]?.url() ?? "").origin}/favicon.svg`);
  const choices = JSON.stringify({ ...JSON.parse(CHOICES), ...choice });
  await page.evaluate(`localStorage.setItem("og-voice", ${JSON.stringify(choices)})`);
  await page.close();
}

/** A server with a guild of three. */
async function openGuild(server: ProcessServer) {
  const ann = await server.register("ann");
  const guild = await ann.do("POST", "/guilds", { name: "Riverside gardeners and friends" });
  const invite = await ann.do("POST", "/invites", { guild_id: guild.id });
  const people: Record<Name, typeof ann> = {
    ann,
    bob: await server.register("bob", invite.code),
    cy: await server.register("cy", invite.code),
  };
  for (const each of [people.bob, people.cy]) {
    await each.do("POST", `/invites/${invite.code}/accept`, {});
  }
  return { guild, people };
}

/** Somebody whose microphone plays their tone, in the guild. */
async function enter(
  browser: Browser,
  server: ProcessServer,
  name: Name,
  guildId: string,
): Promise<Person> {
  const person = await openPerson(browser, { phone: name === "cy" });
  await prepareForTones(person.context);
  await recordFrames(person.context);
  await signIn(person.context, server.url, name);
  await person.page.goto(`${server.url}/g/${guildId.slice(1)}`);
  await settled(person.page);
  return person;
}

/** As where somebody says no to the browser, which in tests asks nobody. */
const DENY = `navigator.mediaDevices.getUserMedia = () =>
  Promise.reject(new DOMException("No", "NotAllowedError"))`;

/** The microphone opens while the browser takes in the first offer of a call. */
const LATE_MICROPHONE = `{
  const { mediaDevices } = navigator;
  const offered = Promise.withResolvers();
  const opened = Promise.withResolvers();
  const ask = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (wanted) => {
    const stream = await ask(wanted);
    await offered.promise;
    // Behind all that whoever asked does with it at once.
    setTimeout(opened.resolve);
    return stream;
  };
  const take = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = async function (offer) {
    offered.resolve();
    await opened.promise;
    return await take.call(this, offer);
  };
}`;

/** What people wait 20 and 2.5 s for comes soon: that a network is shut, that a way is sought anew. */
const HURRY = `{
  const plain = setTimeout;
  const soon = new Map([[20_000, 500], [2500, 0]]);
  setTimeout = (act, ms, ...more) => plain(act, soon.get(ms) ?? ms, ...more);
}`;

const UDP = /^a=candidate:\S+ 1 udp \d+ \S+ (\d+)/m;

/** The browser reaches the server by one port alone, where `detour` names it. */
const DETOUR = `{
  const take = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
    const port = globalThis.detour;
    const led = port === undefined ? sdp : sdp
      .replace(/^a=candidate:\\S+ 1 tcp .*\\r\\n/gm, "")
      .replace(/^(a=candidate:\\S+ 1 udp \\d+ \\S+ )\\d+/gm, "$1" + port);
    return take.call(this, { type, sdp: led });
  };
}`;

/** The first tone of ringing. */
const RING_HZ = 587;

Deno.test("three people talk: each hears exactly the others, and no server can", async (t) => {
  await using folder = await tempFolder();
  await using server = await startProcessServer(LOOPBACK_VOICE);
  const { guild, people } = await openGuild(server);
  await using stack = new AsyncDisposableStack();
  const open = async (name: Name) => {
    const browser = await launchTalker(folder.path, TONES[name]);
    stack.defer(() => browser.close());
    return await enter(browser, server, name, guild.id);
  };
  const [ann, bob, cy] = await Promise.all([open("ann"), open("bob"), open("cy")]);
  const sent: string[] = [];
  let network: UdpRelay | undefined;
  for (const { page } of [ann, bob, cy]) {
    page.on("request", (request) => sent.push(request.postData() ?? ""));
  }
  const step = async (name: string, act: () => Promise<void>) => {
    if (!await t.step(name, act)) throw new Error(`What follows "${name}" stands on it.`);
  };
  const listen = (one: Person, ...names: Name[]) =>
    hears(one.page, names.map((name) => TONES[name]), { of: ALL });

  await step("two hear each other, and see who speaks", async () => {
    await join(ann.page);
    await join(bob.page);
    await listen(ann, "bob");
    await listen(bob, "ann");
    await rowOf(bob.page, "ann").getByText("speaks").waitFor({ state: "attached" });
    await rowOf(ann.page, "bob").getByText("speaks").waitFor({ state: "attached" });
  });
  await step("what the server passes on is said by nobody without the key", async () => {
    const [said, came] = await waitFor("a frame at both ends", async () => {
      const [here, there] = await Promise.all(
        [ann, bob].map(({ page }) => page.evaluate<Recorded[]>("globalThis.recorded")),
      );
      // The same bytes came to bob as ann's browser had sealed: nothing was taken off on the way.
      // Her browser opens his as well: what it sealed has grown.
      const sealed = here?.find(({ before: plain, after }) =>
        after.length > plain.length && there?.some(({ before }) => before === after)
      );
      return sealed && [sealed, there!.find(({ before }) => before === sealed.after)!] as const;
    });
    assert.equal(came.after, said.before);
    assert.ok(!came.before.includes(said.before));
    const forwarded = Uint8Array.fromHex(came.before) as Uint8Array<ArrayBuffer>;
    const { kid } = decodeHeader(forwarded)!;
    const keys = await ann.page.evaluate<string[]>("globalThis.baseKeys");
    const opened = await Promise.all([...keys, "00".repeat(16)].map(async (hex) => {
      const base = Uint8Array.fromHex(hex) as Uint8Array<ArrayBuffer>;
      const plain = await openFrame(await deriveSFrameKey(base, kid), forwarded);
      return plain && new Uint8Array(plain).toHex();
    }));
    assert.equal(opened.at(-1), undefined);
    assert.deepEqual(opened.filter((plain) => plain !== undefined), [said.before]);
  });
  let code = "";
  await step("a third one on a phone hears both; all have one code", async () => {
    await join(cy.page);
    await listen(cy, "ann", "bob");
    await listen(ann, "bob", "cy");
    await listen(bob, "ann", "cy");
    code = await sameCode(ann.page, bob.page, cy.page);
  });
  await step("however long the names are, the way out is in sight", async () => {
    for (const [{ page }, where] of [[ann, ".side"], [cy, ".main"]] as const) {
      const leave = `${where} > .call-panel .call-leave`;
      await waitFor(`${leave} in sight`, () => reachable(page, leave));
    }
  });
  await step("the text chat of the channel stands beside the call", async () => {
    await say(ann.page, "I am here");
    await bob.page.locator("article", { hasText: "I am here" }).waitFor();
  });
  await step("who is muted is not heard, wherever one reads meanwhile", async () => {
    await ann.page.getByRole("link", { name: "general", exact: true }).click();
    await panel(ann.page).getByRole("button", { name: "Mute", exact: true }).click();
    await listen(bob, "cy");
    await listen(cy, "bob");
    await rowOf(bob.page, "ann").getByText("muted").waitFor({ state: "attached" });
    await ann.page.keyboard.press("Control+Shift+M");
    await listen(bob, "ann", "cy");
  });
  await step("who is deafened hears nothing and is not heard", async () => {
    await panel(bob.page).getByRole("button", { name: "Deafen", exact: true }).click();
    await listen(bob);
    await listen(ann, "cy");
    await panel(bob.page).getByRole("button", { name: "Hear again" }).click();
    await listen(bob, "ann", "cy");
    await listen(ann, "bob", "cy");
  });
  await step("push to talk sends while the key is held", async () => {
    await chooseElsewhere(ann, { pushToTalk: true });
    await panel(ann.page).getByRole("button", { name: /^Hold to talk/ }).waitFor();
    await listen(bob, "cy");
    await ann.page.keyboard.down("Control");
    await ann.page.keyboard.down("Space");
    await listen(bob, "ann", "cy");
    await ann.page.keyboard.up("Space");
    await ann.page.keyboard.up("Control");
    await listen(bob, "cy");
    await chooseElsewhere(ann, { pushToTalk: false });
    await listen(bob, "ann", "cy");
  });
  await step("one's own volume for somebody is one's own", async () => {
    await rowOf(bob.page, "cy").click();
    const volume = bob.page.getByLabel("Volume for you");
    await volume.waitFor();
    assert.deepEqual(await findBarriers(bob.page, { inside: "dialog[open]" }), []);
    await volume.fill("0");
    await listen(bob, "ann");
    await listen(ann, "bob", "cy");
    await volume.fill("100");
    await listen(bob, "ann", "cy");
    await bob.page.keyboard.press("Escape");
  });
  await step(
    "whoever holds the right is heard over the others, as long as they speak",
    async () => {
      const first = panel(ann.page).getByRole("button", {
        name: "Turn others down while you speak",
      });
      await first.click();
      await rowOf(bob.page, "ann").getByText("speaks with priority").waitFor({ state: "attached" });
      const ratio = () => bob.page.evaluate<number>(`levelOf(${TONES.ann}) - levelOf(${TONES.cy})`);
      // A fifth is 14 dB.
      await waitFor("cy to be turned down", async () => await ratio() > 9);
      await panel(ann.page).getByRole("button", { name: "Mute", exact: true }).click();
      await waitFor("cy to be loud again", async () => await ratio() < -9);
      await panel(ann.page).getByRole("button", { name: "Unmute" }).click();
      await first.click();
      await waitFor("both to be as loud", async () => Math.abs(await ratio()) < 6);
      assert.equal(await panel(bob.page).getByRole("button", { name: /^Turn others/ }).count(), 0);
    },
  );
  await step("moderators mute, move and disconnect; whom it concerns is told", async () => {
    const { id: porch } = await people.ann.do("POST", "/channels", {
      guild_id: guild.id,
      kind: "voice",
      name: "Porch",
    });
    const voice = guild.channels.find(({ kind }: { kind: string }) => kind === "voice").id;
    const moderate = (name: Name, wanted: Record<string, unknown>, channel = voice) => {
      const who = encodeURIComponent(people[name].id);
      const path = `/rooms/${guild.id}/channels/${channel}/voice/participants/${who}`;
      return people.ann.do("PATCH", path, wanted);
    };
    await moderate("bob", { server_muted: true });
    await panel(bob.page).getByText("A moderator has muted you here.").waitFor();
    await listen(ann, "cy");
    await moderate("bob", { server_muted: false });
    await panel(bob.page).getByText("A moderator has muted you here.").waitFor({
      state: "detached",
    });
    await listen(ann, "bob", "cy");
    await moderate("bob", { move_to: { room_id: guild.id, channel_id: porch } });
    await bob.page.getByText("A moderator moved you.").waitFor();
    await panel(bob.page).getByRole("link", { name: "Riverside gardeners and friends / Porch" })
      .waitFor();
    await connected(bob.page);
    await listen(ann, "cy");
    await listen(bob);
    await moderate("bob", { disconnect: true }, porch);
    await bob.page.getByText("A moderator disconnected you from the call.").waitFor();
    await panel(bob.page).waitFor({ state: "detached" });
    // Out again before the answer that let him in has come.
    const { promise: isOut, resolve: out, reject } = Promise.withResolvers<void>();
    await bob.page.route(/voice.join$/, async (route) => {
      const response = await route.fetch();
      await moderate("bob", { disconnect: true }).then(out, reject);
      await route.fulfill({ response });
    }, { times: 1 });
    await pressVoice(bob.page);
    await isOut;
    await panel(bob.page).waitFor({ state: "detached" });
    // Back at once, and the microphone takes as long as it can without being noticed.
    await bob.page.evaluate(LATE_MICROPHONE);
    await join(bob.page);
    await listen(ann, "bob", "cy");
  });
  await step("who gives no microphone hears all the same, and can give it later", async () => {
    await leave(cy.page);
    await cy.page.evaluate(DENY);
    await join(cy.page);
    await panel(cy.page).getByText("The microphone is not allowed.").waitFor();
    assert.deepEqual(await findBarriers(cy.page, { inside: ".call-panel" }), []);
    await listen(cy, "ann", "bob");
    await listen(ann, "bob");
    await cy.page.evaluate("delete navigator.mediaDevices.getUserMedia");
    await panel(cy.page).getByRole("button", { name: "Try again" }).click();
    await listen(ann, "bob", "cy");
  });
  await step("a network that lets nothing through is named, until it does", async () => {
    await leave(bob.page);
    await bob.page.evaluate(HURRY);
    await bob.page.evaluate(DETOUR);
    await bob.page.route(/voice.join$/, async (route) => {
      const response = await route.fetch();
      const [, port] = UDP.exec((await response.json()).offer.sdp) ?? [];
      network = stack.use(await udpRelay(Number(port), () => LOSE));
      await bob.page.evaluate(`globalThis.detour = ${network.port}`);
      await route.fulfill({ response });
    }, { times: 1 });
    await pressVoice(bob.page);
    await panel(bob.page).getByText("This network lets no sound through").waitFor();
    assert.deepEqual(await findBarriers(bob.page, { inside: ".call-panel" }), []);
    assert.ok(network);
    network.judge = () => PASS;
    await connected(bob.page);
    await panel(bob.page).getByText("This network lets no sound").waitFor({ state: "detached" });
    await listen(ann, "bob", "cy");
    await listen(bob, "ann", "cy");
  });
  await step("a way that breaks is sought anew, and nobody leaves the call", async () => {
    const asked: string[] = [];
    bob.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    assert.ok(network);
    network.judge = () => LOSE;
    await panel(bob.page).getByText("Reconnecting…").waitFor({ state: "attached" });
    network.judge = () => PASS;
    await connected(bob.page);
    await listen(ann, "bob", "cy");
    await listen(bob, "ann", "cy");
    assert.ok(asked.some((path) => path.endsWith("/restart")));
    assert.ok(!asked.some((path) => path.endsWith("/join")), asked.join());
    await bob.page.evaluate("delete globalThis.detour");
  });
  await step("an answer that comes after the next offer ends nothing", async () => {
    const { promise: status, resolve } = Promise.withResolvers<number>();
    await bob.page.route(/voice\/sessions\/[^/]+\/answer$/, async (route) => {
      const restart = route.request().url().replace(/answer$/, "restart");
      await route.fetch({ url: restart, postData: "{}" });
      const response = await route.fetch();
      await route.fulfill({ response });
      resolve(response.status());
    }, { times: 1 });
    await leave(cy.page);
    assert.equal(await status, 409);
    await join(cy.page);
    await listen(ann, "bob", "cy");
    await listen(bob, "ann", "cy");
  });
  await step("a call goes on, and takes somebody in, where the processor is starved", async () => {
    await using _busy = await busyProcessor(4 * navigator.hardwareConcurrency);
    await leave(cy.page);
    await listen(ann, "bob");
    await join(cy.page);
    await listen(cy, "ann", "bob");
    await listen(ann, "bob", "cy");
    await listen(bob, "ann", "cy");
  });
  await step("a page that is not secure says why there is no microphone", async () => {
    const browser = ann.context.browser();
    assert.ok(browser);
    await using plain = await openPerson(browser);
    const url = `http://${PLAIN_HOST}:${server.port}`;
    await signIn(plain.context, server.url, "ann", url);
    await plain.page.goto(`${url}/g/${guild.id.slice(1)}`);
    await settled(plain.page);
    await pressVoice(plain.page);
    await panel(plain.page).getByText("only to secure pages").waitFor();
    // It is good for writing.
    await say(plain.page, "No microphone here");
    await bob.page.locator("article", { hasText: "No microphone here" }).waitFor();
    // Browsers complain of headers that count on secure pages alone.
    assert.deepEqual(plain.faults.filter((each) => !each.includes("untrustworthy")), []);
  });
  await step("a wrong key is silence", async () => {
    await panel(cy.page).getByRole("button", { name: "Leave the call" }).click();
    await cy.page.evaluate('localStorage.setItem("og-test-wrong-key", "1")');
    await join(cy.page);
    await rowOf(ann.page, "cy").getByText("speaks").waitFor({ state: "attached" });
    await panel(cy.page).getByRole("button", { name: "Encryption, people and quality" }).click();
    await cy.page.locator("dd", { hasText: /^100 %$/ }).waitFor();
    await cy.page.keyboard.press("Escape");
    await listen(cy);
    await listen(ann, "bob");
    await cy.page.evaluate('localStorage.removeItem("og-test-wrong-key")');
    await panel(cy.page).getByRole("button", { name: "Leave the call" }).click();
    await join(cy.page);
    await listen(cy, "ann", "bob");
    await listen(ann, "bob", "cy");
  });
  await step("who is thrown out of the guild is cut at once, and the keys change", async () => {
    const before = await sameCode(ann.page, bob.page, cy.page);
    assert.notEqual(before, code);
    const member = `/guilds/${guild.id}/members/${encodeURIComponent(people.cy.id)}`;
    await people.ann.do("DELETE", member, {});
    await panel(cy.page).waitFor({ state: "detached" });
    await listen(cy);
    await listen(ann, "bob");
    await listen(bob, "ann");
    const after = await waitFor("another code", async () => {
      const now = await sameCode(ann.page, bob.page);
      return now !== before && now;
    });
    assert.match(after, /^\d{5}( \d{5}){5}$/);
  });
  // What follows cannot do without refused connections.
  assert.deepEqual([...ann.faults, ...bob.faults, ...cy.faults], []);
  await step("a server that was started anew has the call again", async () => {
    await server.kill();
    await server.start();
    await panel(bob.page).getByText("Connected", { exact: true }).waitFor({ state: "attached" });
    await listen(ann, "bob");
    await listen(bob, "ann");
  });
  await step("no key of a voice was in anything that the browsers sent", async () => {
    for (const { page } of [ann, bob, cy]) {
      const keys = await page.evaluate<string[]>("globalThis.baseKeys ?? []");
      assert.ok(keys.length > 0);
      for (const key of keys) {
        const bytes = Uint8Array.fromHex(key);
        const forms = [key, bytes.toBase64({ omitPadding: true })];
        assert.ok(!sent.some((body) => forms.some((form) => body.includes(form))));
      }
    }
  });
  await step("who leaves is gone for the others", async () => {
    await panel(bob.page).getByRole("button", { name: "Leave the call" }).click();
    await listen(ann);
    await rowOf(ann.page, "bob").waitFor({ state: "detached" });
  });
  await step("a call in a conversation rings, and can be declined", async () => {
    await panel(ann.page).getByRole("button", { name: "Leave the call" }).click();
    const dm = await people.ann.do("POST", "/dms", { user_id: people.bob.id });
    await ann.page.goto(`${server.url}/dm/${dm.room_id.slice(1)}`);
    await settled(ann.page);
    await ann.page.getByRole("button", { name: "Start a call" }).click();
    await stage(ann.page).getByText("ringing…").waitFor();
    await rings(bob.page).getByText("is calling you").waitFor();
    await waitFor("the title", async () => /^ann is calling/.test(await bob.page.title()));
    await rings(bob.page).getByRole("button", { name: "Decline the call from ann" }).click();
    await stage(ann.page).getByText("declined").waitFor();
    await rings(bob.page).waitFor({ state: "detached" });
  });
  await step("who does not answer has missed it, calls back and is heard", async () => {
    await stage(ann.page).getByRole("button", { name: "Ring again" }).click();
    await rings(bob.page).waitFor();
    await hears(bob.page, [RING_HZ], { of: [RING_HZ] });
    assert.deepEqual(await findBarriers(bob.page, { inside: ".rings" }), []);
    await panel(ann.page).getByRole("button", { name: "Leave the call" }).click();
    await rings(bob.page).waitFor({ state: "detached" });
    await bob.page.goto(`${server.url}/home`);
    await settled(bob.page);
    await bob.page.locator("a.dm", { hasText: "Missed call" }).click();
    await bob.page.getByText("Missed call from ann").waitFor();
    await bob.page.getByRole("button", { name: "Call back" }).click();
    await rings(ann.page).getByRole("button", { name: "Accept the call from bob" }).click();
    await listen(ann, "bob");
    await listen(bob, "ann");
    await bob.page.getByText("Missed call").first().waitFor({ state: "detached" });
    await sameCode(ann.page, bob.page);
    await panel(ann.page).getByRole("button", { name: "Leave the call" }).click();
    await panel(bob.page).getByRole("button", { name: "Leave the call" }).click();
    await stage(ann.page).waitFor({ state: "detached" });
  });
});
