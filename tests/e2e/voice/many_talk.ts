/**
 * `deno task calls [COUNT…]`: so many browsers in one call (4 and then 8 without a number), each
 * with a microphone that plays a tone of its own. Everybody has to hear exactly the others' tones;
 * how long it takes from the press on the channel to the first sound is measured in the page, once
 * in a page that has been in no call, once in the same page again.
 */
import type { Page } from "playwright-core";
import { openPerson } from "../../harness/browser.ts";
import { startProcessServer } from "../../harness/process_server.ts";
import { launchTalker } from "../../harness/talker.ts";
import { tempFolder } from "../../harness/temp_folder.ts";
import { waitFor } from "../../harness/wait_for.ts";
import { settled } from "../people.ts";
import { signIn } from "../scene.ts";
import { join, leave, LOOPBACK_VOICE, panel, prepareForTones } from "./in_call.ts";
import { hears } from "./listening.ts";

const COUNTS = [4, 8];
/** The server's own bound on voices that are passed on at once. */
const MAX_COUNT = 12;
/** No tone is near twice or three times another one. */
const LOWEST_HZ = 400;
const STEP_HZ = 150;
const PATIENCE_MS = 240_000;

/**
 * Before a page's own scripts: notes when a voice channel was pressed, and when something is heard
 * after it. The level is looked at every few milliseconds.
 */
const STOPWATCH = `{
  const PEAK = 0.02, EVERY_MS = 5;
  const ears = [];
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...more) {
    if (to instanceof AudioDestinationNode) {
      to.quick ??= new AnalyserNode(this.context, { fftSize: 1024 });
      if (!ears.includes(to.quick)) ears.push(to.quick);
      connect.call(this, to.quick);
    }
    return connect.call(this, to, ...more);
  };
  addEventListener("click", ({ target }) => {
    if (!target.closest?.("a[href]")) return;
    const pressedMs = performance.now();
    globalThis.firstSoundMs = undefined;
    const timer = setInterval(() => {
      const isHeard = ears.some((ear) => {
        if (ear.context.state === "closed") return false;
        const samples = new Float32Array(ear.fftSize);
        ear.getFloatTimeDomainData(samples);
        return samples.some((sample) => Math.abs(sample) > PEAK);
      });
      if (!isHeard) return;
      clearInterval(timer);
      globalThis.firstSoundMs = performance.now() - pressedMs;
    }, EVERY_MS);
  }, true);
}`;

interface Talker {
  readonly name: string;
  readonly hertz: number;
  readonly page: Page;
}

/** Joins; where that does not work, what the panel says of it is the error. */
async function joinAs({ name, page }: Talker): Promise<void> {
  await join(page).catch(async (error) => {
    const said = await panel(page).innerText().catch(() => "no panel at all");
    throw new Error(`${name} did not come into the call; the panel says: ${said}`, {
      cause: error,
    });
  });
}

const firstSound = ({ page, name }: Talker) =>
  waitFor(
    `${name} to hear somebody`,
    () => page.evaluate<number | undefined>("globalThis.firstSoundMs"),
    PATIENCE_MS,
  );

/** Everybody hears the others and nobody else. */
async function allHear(talkers: readonly Talker[]): Promise<void> {
  const all = talkers.map(({ hertz }) => hertz);
  for (const { page, hertz } of talkers) {
    await hears(page, all.filter((each) => each !== hertz), { of: all });
  }
}

function describe(what: string, taken: readonly number[]): string {
  const sorted = taken.toSorted((a, b) => a - b);
  const at = (part: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN);
  return `  ${what}: median ${at(0.5)} ms, 95 % ${at(0.95)} ms, of ${sorted.length}`;
}

async function measure(count: number): Promise<void> {
  await using folder = await tempFolder();
  await using server = await startProcessServer(LOOPBACK_VOICE);
  await using stack = new AsyncDisposableStack();
  const owner = await server.register("p0");
  const guild = await owner.do("POST", "/guilds", { name: "Riverside" });
  const invite = await owner.do("POST", "/invites", { guild_id: guild.id });
  const talkers: Talker[] = [];
  for (let each = 0; each < count; each++) {
    const name = `p${each}`;
    if (each > 0) {
      const person = await server.register(name, invite.code);
      await person.do("POST", `/invites/${invite.code}/accept`, {});
    }
    const hertz = LOWEST_HZ + STEP_HZ * each;
    const browser = await launchTalker(folder.path, hertz);
    stack.defer(() => browser.close());
    const { context, page } = await openPerson(browser);
    // So many browsers may keep a small machine busy for minutes.
    context.setDefaultTimeout(PATIENCE_MS);
    await prepareForTones(context);
    await context.addInitScript(STOPWATCH);
    await signIn(context, server.url, name);
    await page.goto(`${server.url}/g/${guild.id.slice(1)}`);
    await settled(page);
    talkers.push({ name, hertz, page });
  }
  const [first, ...others] = talkers;
  if (first === undefined) return;
  await joinAs(first);
  const fresh: number[] = [];
  for (const talker of others) {
    await joinAs(talker);
    fresh.push(await firstSound(talker));
  }
  await allHear(talkers);
  const again: number[] = [];
  for (const talker of talkers) {
    await leave(talker.page);
    await panel(talker.page).waitFor({ state: "detached" });
    await joinAs(talker);
    again.push(await firstSound(talker));
  }
  await allHear(talkers);
  const load = Deno.loadavg()[0]?.toFixed(1);
  console.log(`${count} browsers hear exactly each other, before and after each came anew.`);
  console.log(describe("press to first sound, a page's first call", fresh));
  console.log(describe("the same, its second call", again));
  console.log(`  load of the machine: ${load}, on ${navigator.hardwareConcurrency} cores`);
}

const counts = Deno.args.length === 0 ? COUNTS : Deno.args.map(Number);
const wrong = counts.find((count) => !Number.isInteger(count) || count < 2 || count > MAX_COUNT);
if (wrong !== undefined) {
  console.error(`Cannot let ${wrong} browsers talk: from 2 to ${MAX_COUNT} are possible.`);
  Deno.exit(2);
}
for (const count of counts) await measure(count);
