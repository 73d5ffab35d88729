import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const launchOptions = () => ({
  executablePath: "/usr/bin/chromium",
  headless: true,
  args: FLAGS,
});

/** A real browser with an empty profile. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch(launchOptions());
}

export interface PersonOptions {
  readonly phone?: boolean;
  readonly dark?: boolean;
  readonly scripts?: boolean;
  readonly width?: number;
  /** The language the browser asks for. */
  readonly locale?: string;
  /** Lets the pages install their service worker: it outlives pages and answers for the server. */
  readonly worker?: boolean;
}

/** Somebody at a screen of their own: cookies and storage are shared with nobody. */
export interface Person extends AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors of scripts and breaches of the content policy so far. A good page has none. */
  readonly faults: string[];
}

export async function openPerson(browser: Browser, options: PersonOptions = {}): Promise<Person> {
  const phone = options.phone ?? false;
  const context = await browser.newContext({
    viewport: phone ? { width: 390, height: 844 } : { width: options.width ?? 1280, height: 800 },
    colorScheme: options.dark ? "dark" : "light",
    hasTouch: phone,
    isMobile: phone,
    javaScriptEnabled: options.scripts ?? true,
    locale: options.locale ?? "en-US",
    serviceWorkers: options.worker ? "allow" : "block",
    timezoneId: "Europe/Stockholm",
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  // A busy machine is slow, not broken.
  context.setDefaultTimeout(45_000);
  const faults: string[] = [];
  const page = await context.newPage();
  watch(page, faults);
  return { context, page, faults, [Symbol.asyncDispose]: () => context.close() };
}

function watch(page: Page, faults: string[]): void {
  // What was thrown without a trace, as a browser's own errors are, has an empty one here.
  page.on("pageerror", ({ name, message, stack }) => {
    faults.push(`script: ${stack ? stack : `${name}: ${message}`}`);
  });
  page.on("console", (message) => {
    // A refused request is an answer that tests look at themselves.
    if (message.type() !== "error" || /Failed to load resource/.test(message.text())) return;
    faults.push(`console: ${message.text()}`);
  });
}
