import { ENGLISH } from "./languages.ts";
import { language } from "./t.ts";

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
  const [module] = await Promise.all([part, loaded]);
  return module;
}

/** Waits for the words of refusals, which are later texts; without them the server's own are shown. */
export async function refusalTexts(): Promise<void> {
  if (language().code === ENGLISH.code) return;
  await withTexts(Promise.resolve()).catch(() => undefined);
}
