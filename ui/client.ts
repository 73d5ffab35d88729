import { type ComponentType, h, hydrate } from "preact";
import { takeOver, whenDrawn, whenStarted } from "./lib/browser/hydrate_later.ts";
import { type Clock, ENGLISH, languageOf } from "./lib/i18n/languages.ts";
import { setLaterTexts } from "./lib/i18n/later.ts";
import type { Message } from "./lib/i18n/message.ts";
import { setTextSource } from "./lib/i18n/t.ts";
import { createTexts } from "./lib/i18n/texts.ts";

interface TextModule {
  readonly default: Readonly<Record<string, Message>>;
}

/**
 * Browser entry: what the inline script of a page with islands calls first. It hydrates every
 * island of the page; props lie in one JSON data block, which the content policy does not execute.
 * `texts`: what the islands show, in the language of the page; `later`: fetches what their later
 * parts show as well.
 */
export function boot(
  islands: Readonly<Record<string, ComponentType<Record<string, unknown>>>>,
  texts: readonly TextModule["default"][],
  later: readonly (() => Promise<TextModule>)[],
) {
  const { lang, dataset } = document.documentElement;
  const found = languageOf(lang) ?? ENGLISH;
  const language = { ...found, clock: dataset["clock"] as Clock };
  const merged: Record<string, Message> = Object.assign({}, ...texts);
  const page = createTexts(language, (key) => merged[key]);
  setTextSource(() => page);
  setLaterTexts(async () => {
    for (const module of await Promise.all(later.map((load) => load()))) {
      Object.assign(merged, module.default);
    }
  });
  // Not in the turn in which the scripts were read: that one is long enough for a phone.
  setTimeout(() => takePageOver(islands));
}

function takePageOver(islands: Parameters<typeof boot>[0]): void {
  const block = document.getElementById("og-props");
  if (!block?.textContent) return;
  const found = JSON.parse(block.textContent) as {
    name: string;
    props: Record<string, unknown>;
  }[];
  takeOver([...document.querySelectorAll<HTMLElement>("og-island")].map((element) => () => {
    const entry = found[Number(element.dataset["island"])];
    const island = entry && islands[entry.name];
    if (entry && island) hydrate(h(island, entry.props), element);
  }));
  // After the first effects have run: what they change is part of taking the page over.
  const frames = (left: number): unknown =>
    left > 0
      ? requestAnimationFrame(() => frames(left - 1))
      : whenStarted(() => document.documentElement.dataset["ready"] = "true");
  whenDrawn(() => frames(3));
}
