import assert from "node:assert/strict";
import { freePort } from "../../scripts/lib/free_port.ts";
import { waitFor } from "./wait_for.ts";

/** How WebDriver names a reference to an element in JSON (W3C WebDriver, 11). */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
/** Keys that are no letters, as WebDriver names them (17.4.2). */
export const KEY = { enter: "\uE007", escape: "\uE00C", up: "\uE013" } as const;
const SCREEN = { width: 1280, height: 900 };

/** Where something is on a page: CSS, or XPath where it begins with a slash. */
type Place = string;

/** A button by what it says or is called. */
export function button(name: string, within = ""): Place {
  return `${within}//button[normalize-space(.)="${name}" or @aria-label="${name}"]`;
}

/** The one window of a WebKit browser, as WebDriver drives it: real clicks, real keys. */
export class WebKitPage {
  readonly #session: string;

  constructor(session: string) {
    this.#session = session;
  }

  async #ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.#session}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
    return value as T;
  }

  async goto(url: string): Promise<void> {
    await this.#ask("POST", "/url", { url });
    await this.#collectFaults();
  }

  async reload(): Promise<void> {
    await this.#ask("POST", "/refresh", {});
    await this.#collectFaults();
  }

  /** To the page before, which WebKit has kept as it was. */
  async back(): Promise<void> {
    await this.#ask("POST", "/back", {});
  }

  async path(): Promise<string> {
    return new URL(await this.#ask<string>("GET", "/url")).pathname;
  }

  /** The body of a function whose arguments are `arguments`; its answer is JSON. */
  run<T>(script: string, ...args: readonly unknown[]): Promise<T> {
    return this.#ask<T>("POST", "/execute/sync", { script, args });
  }

  async resize(width: number, height: number): Promise<void> {
    await this.#ask("POST", "/window/rect", { width, height });
  }

  /** PNG. */
  async screenshot(): Promise<Uint8Array> {
    return Uint8Array.fromBase64(await this.#ask<string>("GET", "/screenshot"));
  }

  /** Waits until it is there and shown, whatever it is. */
  async see(place: Place): Promise<void> {
    await this.#shown(place);
  }

  /** Waits until it can be used: a click on what is disabled does nothing and is no error. */
  async click(place: Place): Promise<void> {
    await this.#act(place, async (path) => {
      await waitFor(`${place} to be enabled`, () => this.#ask<boolean>("GET", `${path}/enabled`));
      await this.#ask("POST", `${path}/click`, {});
    });
  }

  async hover(place: Place): Promise<void> {
    await this.#act(place, (path) =>
      this.#ask("POST", "/actions", {
        actions: [{
          type: "pointer",
          id: "mouse",
          parameters: { pointerType: "mouse" },
          actions: [{
            type: "pointerMove",
            x: 0,
            y: 0,
            duration: 0,
            origin: { [ELEMENT]: path.split("/").at(-1) },
          }],
        }],
      }));
  }

  /** Types into a field, after what is in it; a path into a field for files. */
  async type(place: Place, text: string): Promise<void> {
    await this.#act(place, (path) => this.#ask("POST", `${path}/value`, { text }), false);
  }

  /** What went wrong since `goto` came to the page: errors, and what its policy refused. */
  faults(): Promise<readonly string[]> {
    return this.run("return window.faultsSeen ?? []");
  }

  async #collectFaults(): Promise<void> {
    await this.run(`
      const seen = window.faultsSeen ??= [];
      addEventListener("error", (event) => seen.push(String(event.message)));
      addEventListener("unhandledrejection", (event) => seen.push(String(event.reason)));
      addEventListener("securitypolicyviolation", (event) => seen.push(event.violatedDirective));`);
  }

  async #shown(place: Place, displayed = true): Promise<string> {
    const using = place.startsWith("/") ? "xpath" : "css selector";
    return await waitFor(`${place} in WebKit`, async () => {
      const found = await this.#ask<Record<string, string>[]>("POST", "/elements", {
        using,
        value: place,
      });
      for (const { [ELEMENT]: id } of found) {
        const path = `/element/${id}`;
        if (!displayed || await this.#ask<boolean>("GET", `${path}/displayed`)) return path;
      }
      return undefined;
    });
  }

  /** What is found may be made anew before it is acted upon: then it is looked for again. */
  async #act(
    place: Place,
    act: (path: string) => Promise<unknown>,
    displayed = true,
  ): Promise<void> {
    await waitFor(`${place} to be used`, async () => {
      const path = await this.#shown(place, displayed);
      try {
        await act(path);
        return true;
      } catch (error) {
        assert.match(String(error), /stale element|not interactable|intercepted/, String(error));
        return false;
      }
    });
  }
}

export interface WebKit extends AsyncDisposable {
  readonly page: WebKitPage;
}

/**
 * Debian's MiniBrowser, which has the engine of Safari, with an empty profile on a screen that
 * nobody sees, driven by its own WebDriver.
 */
export async function launchWebKit(): Promise<WebKit> {
  await using stack = new AsyncDisposableStack();
  const path = await Deno.makeTempDir({ prefix: "openguild-webkit-" });
  // Its processes write there until they notice that the driver is gone.
  stack.defer(async () => {
    await waitFor(
      "WebKit to let go of its folder",
      () => Deno.remove(path, { recursive: true }).then(() => true, () => false),
    );
  });
  const screen = await startScreen(stack);
  const port = freePort();
  const driver = new Deno.Command("WebKitWebDriver", {
    args: [`--port=${port}`, "--host=127.0.0.1"],
    env: {
      DISPLAY: screen,
      HOME: path,
      XDG_RUNTIME_DIR: path,
      XDG_DATA_HOME: `${path}/data`,
      XDG_CACHE_HOME: `${path}/cache`,
      XDG_CONFIG_HOME: `${path}/config`,
      GTK_A11Y: "none",
      NO_AT_BRIDGE: "1",
      LIBGL_ALWAYS_SOFTWARE: "1",
    },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  stack.defer(() => end(driver));
  const address = `http://127.0.0.1:${port}`;
  await waitFor("WebKitWebDriver", async () => {
    try {
      return (await (await fetch(`${address}/status`)).json()).value.ready === true;
    } catch {
      return false;
    }
  });
  const response = await fetch(`${address}/session`, {
    method: "POST",
    body: JSON.stringify({
      capabilities: {
        alwaysMatch: {
          browserName: "MiniBrowser",
          "webkitgtk:browserOptions": { binary: await miniBrowser(), args: ["--automation"] },
        },
      },
    }),
  });
  const { value } = await response.json();
  assert.ok(response.ok, JSON.stringify(value));
  const session = `${address}/session/${value.sessionId}`;
  stack.defer(async () => {
    await (await fetch(session, { method: "DELETE" })).body?.cancel();
  });
  const page = new WebKitPage(session);
  await page.resize(SCREEN.width, SCREEN.height);
  const owned = stack.move();
  return { page, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function startScreen(stack: AsyncDisposableStack): Promise<string> {
  const { width, height } = SCREEN;
  const server = new Deno.Command("Xvfb", {
    args: ["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", `${width}x${height}x24`],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  stack.defer(() => end(server));
  let text = "";
  for await (const chunk of server.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.endsWith("\n")) break;
  }
  assert.match(text, /^\d+\n$/, "Xvfb says which screen it is");
  return `:${text.trim()}`;
}

async function end(process: Deno.ChildProcess): Promise<void> {
  try {
    process.kill("SIGKILL");
  } catch {
    // It has ended by itself.
  }
  await process.status;
}

/** Debian has it in a folder named by the machine and by the version of its interface. */
async function miniBrowser(): Promise<string> {
  for await (const machine of Deno.readDir("/usr/lib")) {
    if (!machine.isDirectory || !machine.name.endsWith("-linux-gnu")) continue;
    for await (const { name } of Deno.readDir(`/usr/lib/${machine.name}`)) {
      if (!/^webkit2?gtk-/.test(name)) continue;
      const path = `/usr/lib/${machine.name}/${name}/MiniBrowser`;
      if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return path;
    }
  }
  throw new Error("There is no MiniBrowser under /usr/lib: install webkit2gtk-driver.");
}
