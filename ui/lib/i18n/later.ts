import { ENGLISH } from "./languages.ts";
import { language } from "./t.ts";

/** Told to the window when a part of the page did not come. */
export const PART_LOST = "openguild:part-lost";

let load: () => Promise<void> = () => Promise.resolve();
let loaded: Promise<void> | undefined;

/** Says how the texts come that only later parts of the page show. */
export function setLaterTexts(next: () => Promise<void>): void {
  load = next;
  loaded = undefined;
}

/** A part of the page that is fetched when it is wanted, with its texts. */
export async function withTexts<Part>(part: Promise<Part>): Promise<Part> {
  loaded ??= load().catch((error) => {
    loaded = undefined;
    throw error;
  });
  try {
    const [module] = await Promise.all([part, loaded]);
    return module;
  } catch (error) {
    dispatchEvent(new Event(PART_LOST));
    throw error;
  }
}

/** Waits for the words of refusals, which are later texts; without them the server's own are shown. */
export async function refusalTexts(): Promise<void> {
  if (language().code === ENGLISH.code) return;
  await withTexts(Promise.resolve()).catch(() => undefined);
}
