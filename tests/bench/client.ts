/**
 * How fast the pages are in a browser: Lighthouse's mobile profile beside a page that is nothing
 * but text, switching channels, one's own message, the message of another, typing, scrolling
 * through ten thousand messages beside a bare page, ten thousand members, and the heap.
 * `deno run -A tests/bench/client.ts [--tiny]`. Lighthouse comes from npm when it is wanted, and
 * is left out where that is not possible or with `--tiny`.
 */
import type { Page } from "playwright-core";
import { channelPath } from "../../ui/lib/format/paths.ts";
import { KEPT_TIMELINES } from "../../ui/lib/store/kept_timelines.ts";
import { type Figure, percentile, tellFigure } from "../../scripts/lib/figure.ts";
import { readSize } from "./read_size.ts";
import { manyMembers } from "../e2e/many_members.ts";
import { settled } from "../e2e/people.ts";
import { makeScene, type Scene, sessionCookie, signIn } from "../e2e/scene.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { type ProcessServer, startProcessServer } from "../harness/process_server.ts";
import { waitFor } from "../harness/wait_for.ts";
import { startBarePage } from "./bare_page.ts";
import { measureLighthouse } from "./lighthouse.ts";

const FULL = { messages: 10_000, channels: 12, rounds: 15, members: 10_000, scrollFrames: 300 };
const TINY: typeof FULL = { messages: 120, channels: 3, rounds: 2, members: 400, scrollFrames: 20 };
/** Sent at once when the channel is filled. */
const SENDERS = 16;

const atMost = (most: number) => ({ of: "value", atMost: most }) as const;
const tell = (figure: Omit<Figure, "bench">) => tellFigure({ bench: "client", ...figure });

interface Stage {
  readonly server: ProcessServer;
  readonly scene: Scene;
  /** Channels beside #general, each with a page of messages. */
  readonly channels: readonly string[];
  readonly path: (channel: string) => string;
}

async function setStage(size: typeof FULL): Promise<Stage & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startProcessServer({ OPENGUILD_NAME: "garden.test" }));
  const scene = await makeScene(server);
  const send = (channel: string, i: number) =>
    scene.bob.do("POST", `/rooms/${encodeURIComponent(scene.roomId)}/send`, {
      channel_id: channel,
      body: `number ${i} **and** ${"words ".repeat(i % 30)}`.trim(),
    });
  const channels: string[] = [];
  for (let i = 0; i < size.channels; i++) {
    const { id } = await scene.ann.do("POST", "/channels", {
      guild_id: scene.guildId,
      kind: "text",
      name: `bed ${i}`,
    });
    channels.push(id);
    for (let each = 0; each < 50; each++) await send(id, each);
  }
  for (let i = 0; i < size.messages; i += SENDERS) {
    await Promise.all(Array.from({ length: SENDERS }, (_, each) => send(scene.general, i + each)));
  }
  const owned = stack.move();
  return {
    server,
    scene,
    channels,
    path: (id) => channelPath(scene.guildId, { room_id: scene.roomId, id, private: false }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** What the server takes for the page of a channel, and how large it is. */
async function measureHtml({ server, scene, path }: Stage, rounds: number): Promise<void> {
  const cookie = await sessionCookie(server.url, "ann");
  const times: number[] = [];
  let bytes = 0;
  for (let i = 0; i < rounds * 3; i++) {
    const begun = performance.now();
    const response = await fetch(server.url + path(scene.general), { headers: { cookie } });
    times.push(performance.now() - begun);
    bytes = (await response.arrayBuffer()).byteLength;
  }
  const value = percentile(times, 0.95);
  tell({
    name: "page of a channel, 50 messages: first byte, 95th",
    value,
    unit: "ms",
    target: atMost(50),
    more: { median: percentile(times, 0.5), html_kb: bytes / 1024 },
  });
}

/** From a press on a channel until its newest messages fill the timeline and a frame was drawn. */
async function measureSwitch(page: Page, stage: Stage, rounds: number): Promise<void> {
  const go = (id: string) =>
    page.evaluate((path) => {
      const link = document.querySelector<HTMLAnchorElement>(`a[href="${path}"]`);
      const box = () => document.querySelector(".timeline:not([inert]) > .timeline-scroll");
      const newest = () => [...box()?.querySelectorAll("article[data-row]") ?? []].at(-1);
      const former = newest()?.getAttribute("data-row");
      const begun = performance.now();
      return new Promise<number>((done) => {
        const look = () => {
          const row = newest()?.getAttribute("data-row");
          const scroll = box();
          const feed = scroll?.querySelector("[role=feed][aria-busy=false]");
          const filled = feed && scroll &&
            feed.getBoundingClientRect().top <= scroll.getBoundingClientRect().top;
          const ready = location.pathname === path && row && row !== former && filled;
          if (ready) requestAnimationFrame(() => done(performance.now() - begun));
          else requestAnimationFrame(look);
        };
        link?.click();
        requestAnimationFrame(look);
      });
    }, stage.path(id));
  const uncached: number[] = [];
  for (const id of stage.channels) uncached.push(await go(id));
  /** Round and round; in the first one what is held of them is fetched. */
  const goAround = async (channels: readonly string[]) => {
    for (const id of channels) await go(id);
    const times: number[] = [];
    while (times.length < rounds * 2) for (const id of channels) times.push(await go(id));
    return times;
  };
  const inPage = await goAround(stage.channels.slice(0, 2));
  // One more than stay in the page: each has left it when its turn comes.
  const inMemory = await goAround(stage.channels.slice(0, KEPT_TIMELINES + 2));
  for (
    const [name, times, most] of [
      ["still in the page", inPage, 50],
      ["in memory", inMemory, 50],
      ["fetched", uncached, 200],
    ] as const
  ) {
    tell({
      name: `channel switch, ${name}, 95th`,
      value: percentile(times, 0.95),
      unit: "ms",
      target: atMost(most),
      more: { median: percentile(times, 0.5) },
    });
  }
}

/** Frames until one's own message is seen; milliseconds from the socket's frame to that of another. */
async function measureMessages(page: Page, { scene }: Stage, rounds: number): Promise<void> {
  const box = page.locator("textarea[name=body]");
  const frames: number[] = [];
  const received: number[] = [];
  for (let i = 0; i < rounds; i++) {
    await box.fill(`echo ${i}`);
    frames.push(
      await page.evaluate((text) =>
        new Promise<number>((done) => {
          let count = 0;
          const look = () => {
            count++;
            const seen = [...document.querySelectorAll("article")].slice(-5)
              .some((row) => row.textContent?.includes(text));
            if (seen) done(count);
            else requestAnimationFrame(look);
          };
          document.querySelector("textarea")?.dispatchEvent(
            new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }),
          );
          requestAnimationFrame(look);
        }), `echo ${i}`),
    );
    const painted = page.evaluate((text) =>
      new Promise<number>((done) => {
        const look = () => {
          const row = [...document.querySelectorAll("article")].slice(-5)
            .some((each) => each.textContent?.includes(text));
          const heard = (globalThis as unknown as { heardAt: Map<string, number> }).heardAt;
          const at = [...heard].find(([frame]) => frame.includes(text))?.[1];
          if (row && at !== undefined) done(performance.now() - at);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }), `told ${i}.`);
    await scene.bob.do("POST", `/rooms/${encodeURIComponent(scene.roomId)}/send`, {
      channel_id: scene.general,
      body: `told ${i}.`,
    });
    received.push(await painted);
  }
  tell({
    name: "own message, frames until it stands there, 95th",
    value: percentile(frames, 0.95),
    unit: "frames",
    target: atMost(1),
  });
  tell({
    name: "message of another, socket to painted, 95th",
    value: percentile(received, 0.95),
    unit: "ms",
    target: atMost(50),
    more: { median: percentile(received, 0.5) },
  });
}

/** Keeps when each frame of the socket came in. */
const LISTEN = `
  window.heardAt = new Map();
  const Native = WebSocket;
  window.WebSocket = class extends Native {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", ({ data }) => heardAt.set(String(data), performance.now()));
    }
  };
`;

/** How long the page takes for one letter, in its own thread. */
async function measureTyping(page: Page, rounds: number): Promise<void> {
  const box = page.locator("textarea[name=body]");
  await box.fill("");
  await box.focus();
  await page.evaluate(() => {
    const times: number[] = [];
    Object.assign(globalThis, { typed: times });
    document.querySelector("textarea")?.addEventListener("keydown", () => {
      const begun = performance.now();
      requestAnimationFrame(() => setTimeout(() => times.push(performance.now() - begun)));
    });
  });
  await page.keyboard.type("the peas want water ".repeat(Math.ceil(rounds / 3)), { delay: 20 });
  const times = await page.evaluate("typed") as number[];
  await box.fill("");
  tell({
    name: "letter typed, until the frame is drawn, 95th",
    value: percentile(times, 0.95),
    unit: "ms",
    target: atMost(50),
    more: { median: percentile(times, 0.5) },
  });
}

/** Scrolls by 120 pixels a frame. Returns frames a second and the 95th of their times. */
function scroll(page: Page, selector: string, frames: number) {
  return page.evaluate(({ selector, frames }) => {
    const box = document.querySelector(selector) as HTMLElement;
    return new Promise<{ fps: number; p95: number; long: number }>((done) => {
      const times: number[] = [];
      let last = performance.now();
      const step = (now: number) => {
        times.push(now - last);
        last = now;
        box.scrollBy(0, -120);
        if (times.length < frames) {
          requestAnimationFrame(step);
          return;
        }
        const total = times.reduce((sum, each) => sum + each, 0);
        const sorted = times.toSorted((a, b) => a - b);
        done({
          fps: 1000 * times.length / total,
          p95: sorted[Math.floor(sorted.length * 0.95)] ?? 0,
          long: times.filter((each) => each > 50).length,
        });
      };
      requestAnimationFrame(step);
    });
  }, { selector, frames });
}

async function measureScroll(page: Page, blank: Page, size: typeof FULL): Promise<void> {
  await using bare = startBarePage();
  await blank.goto(bare.url);
  const control = await scroll(blank, "#box", size.scrollFrames);
  const own = await scroll(page, ".timeline:not([inert]) > .timeline-scroll", size.scrollFrames);
  tell({
    name: `scroll through ${size.messages} messages`,
    value: own.fps,
    unit: "frames/s",
    control: { name: "bare page", value: control.fps },
    target: { of: "ratio", atLeast: 0.8 },
    more: { p95_ms: own.p95, over_50_ms: own.long, bare_p95_ms: control.p95 },
  });
}

/** A guild of many members opens, and then all of them are in the list. */
async function measureMembers(page: Page, stage: Stage, size: typeof FULL): Promise<void> {
  await manyMembers(page, stage.scene, size.members);
  await page.goto(`${stage.server.url}/home`);
  await settled(page);
  await page.getByRole("link", { name: /^Riverside Garden Club/ }).first().click();
  const box = page.locator(".members .side-scroll");
  await waitFor("all members", async () => {
    await box.evaluate((element) => element.scrollTop = element.scrollHeight);
    const of = await page.locator(".members li").last().getAttribute("aria-setsize");
    return Number(of) > size.members - 10;
  }, 120_000);
  const open = () =>
    page.evaluate(() => {
      const button = [...document.querySelectorAll<HTMLElement>(".main-head button")]
        .find((each) => each.getAttribute("aria-label") === "Members");
      const begun = performance.now();
      button?.click();
      return new Promise<number>((done) =>
        requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)))
      );
    });
  const times: number[] = [];
  for (let i = 0; i < size.rounds; i++) {
    await open();
    times.push(await open());
  }
  tell({
    name: `list of ${size.members} members opens, 95th`,
    value: percentile(times, 0.95),
    unit: "ms",
    target: atMost(100),
    more: { drawn: await page.locator(".members li").count() },
  });
}

/** What a session leaves behind after collection: all channels again and again, and messages. */
async function measureHeap(page: Page, stage: Stage, rounds: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const heapMb = async () => {
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    return usedSize / 1e6;
  };
  const visit = async () => {
    for (const id of stage.channels) {
      await page.locator(`a[href="${stage.path(id)}"]`).first().click();
      await page.locator(".timeline:not([inert]) article[data-row]").first().waitFor();
      await stage.scene.bob.do("POST", `/rooms/${encodeURIComponent(stage.scene.roomId)}/send`, {
        channel_id: id,
        body: "and one more",
      });
    }
  };
  await visit();
  const before = await heapMb();
  for (let i = 0; i < rounds; i++) await visit();
  const after = await heapMb();
  const elements = await page.evaluate("document.querySelectorAll('*').length") as number;
  tell({
    name: `heap after ${
      rounds * stage.channels.length
    } visits of ${stage.channels.length} channels`,
    value: after,
    unit: "MB",
    target: atMost(60),
    more: { growth_mb: after - before, elements },
  });
}

async function main(): Promise<void> {
  const { tiny } = readSize(Deno.args);
  const size = tiny ? TINY : FULL;
  await using stage = await setStage(size);
  const browser = await launchBrowser();
  {
    await using ann = await openPerson(browser);
    await using other = await openPerson(browser);
    await signIn(ann.context, stage.server.url, "ann");
    await ann.context.addInitScript(LISTEN);
    const { page } = ann;
    const open = async () => {
      await page.goto(stage.server.url + stage.path(stage.scene.general));
      await settled(page);
    };
    await measureHtml(stage, size.rounds);
    await open();
    await measureSwitch(page, stage, size.rounds);
    await open();
    await measureMessages(page, stage, size.rounds);
    await measureTyping(page, size.rounds);
    await measureScroll(page, other.page, size);
    await open();
    await measureHeap(page, stage, size.rounds);
    await measureMembers(page, stage, size);
  }
  await browser.close();
  if (!tiny) {
    const cookie = await sessionCookie(stage.server.url, "ann");
    await measureLighthouse(stage.server.url + stage.path(stage.channels[0] ?? ""), cookie);
  }
}

await main();
