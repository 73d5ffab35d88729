/** People who show a screen or camera in a call, and those who watch. */
import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { deriveSFrameKey, openFrame } from "../../../core/e2ee/voice/sframe.ts";
import { decodeHeader } from "../../../core/e2ee/voice/sframe_header.ts";
import { unwrapPicture } from "../../../core/e2ee/voice/picture_frame.ts";
import { findBarriers } from "../../harness/axe.ts";
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
import { type Recorded, recordFrames } from "./listening.ts";

/** Packets of enough frames that one of them would have been seen, could it be opened. */
const MANY_PACKETS = 30;
/** Of a picture that is looked at. */
const COLUMNS = 16;
const ROWS = 9;

/**
 * Before a page's own scripts: connections can be asked what came by them, and what is shared is a
 * pattern that moves: a machine without a screen has nothing else.
 */
const EYES = `${KEEP_CONNECTIONS}
globalThis.picturePackets = async () => {
  let count = 0;
  for (const each of connections) {
    for (const stat of (await each.getStats()).values()) {
      if (stat.type === "inbound-rtp" && stat.kind === "video") count += stat.packetsReceived;
    }
  }
  return count;
};
globalThis.look = (video) => {
  if (video.videoWidth === 0) return undefined;
  const canvas = new OffscreenCanvas(${COLUMNS}, ${ROWS});
  const drawing = canvas.getContext("2d");
  drawing.drawImage(video, 0, 0, ${COLUMNS}, ${ROWS});
  return [...drawing.getImageData(0, 0, ${COLUMNS}, ${ROWS}).data].join();
};
navigator.mediaDevices.getDisplayMedia = async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 180 });
  const drawing = canvas.getContext("2d");
  let turn = 0;
  const timer = setInterval(() => {
    turn++;
    for (let column = 0; column < 8; column++) {
      for (let row = 0; row < 4; row++) {
        drawing.fillStyle = "hsl(" + (turn * 15 + column * 45 + row * 90) % 360 + " 90% 50%)";
        drawing.fillRect(column * 40, row * 45, 40, 45);
      }
    }
  }, 100);
  const stream = canvas.captureStream(10);
  const [track] = stream.getVideoTracks();
  const stop = track.stop.bind(track);
  track.stop = () => {
    clearInterval(timer);
    stop();
  };
  return stream;
};`;

const pictureOf = (page: Page, label: string) => page.getByRole("group", { name: label });

/** Waits until a picture is seen that has colors and moves. */
async function seesMoving(page: Page, label: string): Promise<void> {
  const video = pictureOf(page, label).locator("video");
  await video.waitFor();
  const seen = new Set<string>();
  await waitFor(`${label} to move`, async () => {
    const look = await video.evaluate((one) =>
      (globalThis as unknown as { look(video: unknown): unknown }).look(one)
    ).catch(() => undefined);
    if (typeof look === "string" && new Set(look.split(",")).size > 8) seen.add(look);
    return seen.size > 3;
  });
}

/** What is shown has the focus: the button that was pressed in it is gone. */
const hasFocus = (page: Page) => page.locator(".show-tile:focus").waitFor();

const picturePackets = (page: Page) => page.evaluate<number>("picturePackets()");

async function openGuild(server: ProcessServer) {
  const ann = await server.register("ann");
  const guild = await ann.do("POST", "/guilds", { name: "Riverside" });
  const invite = await ann.do("POST", "/invites", { guild_id: guild.id });
  const [bob, cy] = [
    await server.register("bob", invite.code),
    await server.register("cy", invite.code),
  ];
  for (const each of [bob, cy]) await each.do("POST", `/invites/${invite.code}/accept`, {});
  return { guild, people: { ann, bob, cy } };
}

async function enter(
  browser: Browser,
  server: ProcessServer,
  name: string,
  guildId: string,
): Promise<Person> {
  const person = await openPerson(browser, { phone: name === "cy" });
  await prepareForTones(person.context);
  await person.context.addInitScript(EYES);
  await recordFrames(person.context);
  await signIn(person.context, server.url, name);
  await person.page.goto(`${server.url}/g/${guildId.slice(1)}`);
  await settled(person.page);
  return person;
}

Deno.test("who shows a screen is seen by those who watch, and by nobody else", async (t) => {
  await using folder = await tempFolder();
  await using server = await startProcessServer(LOOPBACK_VOICE);
  const { guild, people } = await openGuild(server);
  await using stack = new AsyncDisposableStack();
  const browser = await launchTalker(folder.path, 440);
  stack.defer(() => browser.close());
  const open = (name: string) => enter(browser, server, name, guild.id);
  const [ann, bob, cy] = await Promise.all([open("ann"), open("bob"), open("cy")]);
  const step = async (name: string, act: () => Promise<void>) => {
    if (!await t.step(name, act)) throw new Error(`What follows "${name}" stands on it.`);
  };
  const SCREEN = "Screen of bob";
  const watch = (page: Page) =>
    page.getByRole("button", { name: "Watch the screen of bob" }).click();

  await step("a shared screen is told of, and seen moving by who watches it", async () => {
    await join(ann.page);
    await join(bob.page);
    await panel(bob.page).getByRole("button", { name: "Share your screen" }).click();
    await panel(bob.page).getByText("Others can see your screen.").waitFor();
    await seesMoving(bob.page, "Your screen, as the others see it");
    await rowOf(ann.page, "bob").getByText("Live").waitFor();
    await watch(ann.page);
    await seesMoving(ann.page, SCREEN);
    assert.deepEqual(await findBarriers(ann.page, { inside: ".voice-stage" }), []);
    assert.deepEqual(await findBarriers(bob.page, { inside: ".call-panel" }), []);
  });
  await step("what the server passes on holds nothing of the picture", async () => {
    const [said, came] = await waitFor("a frame at both ends", async () => {
      const [here, there] = await Promise.all(
        [bob, ann].map(({ page }) => page.evaluate<Recorded[]>("globalThis.recorded")),
      );
      const track = /^1[01]0000/;
      const sealed = here?.find(({ before, after }) =>
        before.length > 600 && track.test(after) &&
        after.length > before.length &&
        there?.some((each) => each.before === after)
      );
      return sealed && [sealed, there!.find(({ before }) => before === sealed.after)!] as const;
    });
    assert.equal(came.after, said.before);
    // No eight bytes of it stand anywhere in what was sent.
    for (let at = 0; at + 16 <= said.before.length; at += 16) {
      assert.ok(!came.before.includes(said.before.slice(at, at + 16)), `at ${at}`);
    }
    const sealed = unwrapPicture(Uint8Array.fromHex(came.before) as Uint8Array<ArrayBuffer>)!;
    const { kid } = decodeHeader(sealed)!;
    const metadata = new TextEncoder().encode("openguild/track/1/screen");
    const keys = await bob.page.evaluate<string[]>("globalThis.baseKeys");
    const opened = async (hex: string, known: Uint8Array | undefined) => {
      const base = Uint8Array.fromHex(hex) as Uint8Array<ArrayBuffer>;
      const plain = await openFrame(await deriveSFrameKey(base, kid), sealed, known);
      return plain && new Uint8Array(plain).toHex();
    };
    const withKeys = await Promise.all(keys.map((hex) => opened(hex, metadata)));
    assert.deepEqual(withKeys.filter((plain) => plain !== undefined), [said.before]);
    assert.equal(await opened("00".repeat(16), metadata), undefined);
    const asVoice = await Promise.all(keys.map((hex) => opened(hex, undefined)));
    assert.ok(asVoice.every((plain) => plain === undefined), "a picture is no voice");
  });
  await step("who does not watch is sent nothing of it; who comes late sees it whole", async () => {
    await join(cy.page);
    await rowOf(ann.page, "cy").waitFor();
    const before = await picturePackets(ann.page);
    await waitFor(
      "ann to be sent more",
      async () => await picturePackets(ann.page) > before + MANY_PACKETS,
    );
    assert.equal(await picturePackets(cy.page), 0);
    await watch(cy.page);
    await seesMoving(cy.page, SCREEN);
    assert.deepEqual(await findBarriers(cy.page, { inside: ".voice-stage" }), []);
  });
  await step("who stops watching is sent nothing more", async () => {
    await pictureOf(cy.page, SCREEN).getByRole("button", { name: "Stop watching" }).click();
    await cy.page.getByRole("button", { name: "Watch the screen of bob" }).waitFor();
    await hasFocus(cy.page);
    const moreAtAnn = async () => {
      const before = await picturePackets(ann.page);
      await waitFor(
        "ann to be sent more",
        async () => await picturePackets(ann.page) > before + MANY_PACKETS,
      );
    };
    // What was on its way has come by then.
    await moreAtAnn();
    const before = await picturePackets(cy.page);
    await moreAtAnn();
    assert.equal(await picturePackets(cy.page), before);
    await watch(cy.page);
    await waitFor("cy to be sent it again", async () => await picturePackets(cy.page) > before);
    await seesMoving(cy.page, SCREEN);
    await hasFocus(cy.page);
  });
  await step("with a wrong key there is no picture", async () => {
    await leave(cy.page);
    await cy.page.evaluate(`localStorage.setItem("og-test-wrong-key", "yes")`);
    await join(cy.page);
    await watch(cy.page);
    await waitFor("the packets", async () => await picturePackets(cy.page) > MANY_PACKETS);
    await pictureOf(cy.page, SCREEN).getByText("The picture is coming…").waitFor();
    assert.equal(await pictureOf(cy.page, SCREEN).locator("video").count(), 0);
    await cy.page.evaluate(`localStorage.removeItem("og-test-wrong-key")`);
  });
  await step("the picture goes along to where one reads", async () => {
    await ann.page.getByRole("link", { name: "general", exact: true }).click();
    const back = panel(ann.page).getByRole("link", { name: "You are watching." });
    await back.locator("video").waitFor();
    await back.click();
    await seesMoving(ann.page, SCREEN);
  });
  await step("a moderator ends what somebody shows, and whoever shows it is told", async () => {
    const voice = guild.channels.find(({ kind }: { kind: string }) => kind === "voice").id;
    const who = encodeURIComponent(people.bob.id);
    const path = `/rooms/${guild.id}/channels/${voice}/voice/participants/${who}`;
    await people.ann.do("PATCH", path, { stop_showing: true });
    await bob.page.getByText("A moderator ended what you were showing").waitFor();
    await panel(bob.page).getByText("Others can see your screen.").waitFor({ state: "detached" });
    await pictureOf(ann.page, SCREEN).waitFor({ state: "detached" });
    await rowOf(ann.page, "bob").getByText("Live").waitFor({ state: "detached" });
  });
  await step("a camera goes the same way, and the screen again", async () => {
    await panel(bob.page).getByRole("button", { name: "Turn the camera on" }).click();
    await ann.page.getByRole("button", { name: "Watch the camera of bob" }).click();
    await seesMoving(ann.page, "Camera of bob");
    await panel(bob.page).getByRole("button", { name: "Share your screen" }).click();
    await watch(ann.page);
    await seesMoving(ann.page, SCREEN);
    await seesMoving(ann.page, "Camera of bob");
    await panel(bob.page).getByRole("button", { name: "Turn the camera off" }).click();
    await pictureOf(ann.page, "Camera of bob").waitFor({ state: "detached" });
    await seesMoving(ann.page, SCREEN);
  });
  await step("an end that the server was not told is told with the next change", async () => {
    const stay = /\/voice\/sessions\/[^/]+$/;
    await bob.page.route(
      stay,
      (route) => route.request().method() === "PATCH" ? route.abort() : route.continue(),
    );
    const lost = bob.page.waitForEvent("requestfailed", (request) => stay.test(request.url()));
    await panel(bob.page).getByRole("button", { name: "Stop sharing" }).click();
    await lost;
    await panel(bob.page).getByText("Others can see your screen.").waitFor({ state: "detached" });
    assert.ok(await rowOf(ann.page, "bob").getByText("Live").isVisible());
    await bob.page.unroute(stay);
    await leave(cy.page);
    await rowOf(ann.page, "bob").getByText("Live").waitFor({ state: "detached" });
  });
});
