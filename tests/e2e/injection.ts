import type { Browser, BrowserContext, Page } from "playwright-core";

/** What foreign text has done in the pages of one visitor. Nothing, where all is well. */
export interface Watch {
  readonly page: Page;
  /** Scripts that ran, hosts that were asked, breaches of the content policy; in words. */
  readonly deeds: string[];
  /** What stands in the page now and should not: handlers, addresses that run, foreign elements. */
  inspect(): Promise<string[]>;
}

/** Runs in the page before anything else does. */
const LISTEN = `
  for (const name of ["hit", "alert", "confirm", "prompt", "print"]) {
    window[name] = (...args) => void tellDeed("ran " + name + "(" + args + ") on " + location.pathname);
  }
  document.addEventListener("securitypolicyviolation", (event) => {
    tellDeed("policy " + event.effectiveDirective + " " + event.blockedURI + " " + event.sample);
  });
`;

const INSPECT = `(() => {
  const found = [];
  const runs = /^[\\s\\u0000-\\u0020]*(?:javascript|vbscript|data|file):/i;
  // What keeps the height of rows of the member list that are out of sight: the page's own.
  const spacer = /^block-size: \\d+px;$/;
  const addresses = new Set(["href", "src", "srcset", "action", "formaction", "data", "poster",
    "xlink:href", "srcdoc", "background", "ping"]);
  const foreign = "iframe, object, embed, base, math, frame, applet, marquee, animate, set, " +
    "foreignObject, body style:not([nonce]), meta[http-equiv=refresh], link[href^='http'], script:not([nonce]):" +
    "not([type='application/json']):not([src^='/'])";
  for (const element of document.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      if (/^on/i.test(name)) found.push(element.tagName + " has " + name);
      if (name === "style" && !spacer.test(value)) found.push(element.tagName + " has style=" + value);
      if (addresses.has(name) && runs.test(value)) found.push(element.tagName + " " + name + "=" + value);
    }
  }
  for (const element of document.querySelectorAll(foreign)) found.push("<" + element.tagName + "> " + element.outerHTML.slice(0, 90));
  return found;
})()`;

/** Watches everything that happens in the pages of a context; no foreign host is ever reached. */
export async function watchPage(context: BrowserContext, page: Page, base: string): Promise<Watch> {
  const deeds: string[] = [];
  await context.exposeFunction("tellDeed", (deed: string) => void deeds.push(deed));
  await context.addInitScript(LISTEN);
  await context.route((url) => url.origin !== new URL(base).origin, (route) => {
    deeds.push(`asked ${route.request().url().slice(0, 90)}`);
    return route.abort();
  });
  page.on("popup", (popup) => deeds.push(`opened ${popup.url()}`));
  return { page, deeds, inspect: () => page.evaluate(INSPECT) as Promise<string[]> };
}

/** A page that takes the texts for markup, as a page with a hole would. */
export async function plantHole(browser: Browser, texts: readonly string[]): Promise<Watch> {
  const marked = texts.map((text) => `<div>${text}</div>`).join("\n");
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => undefined },
    () =>
      new Response(`<!DOCTYPE html><title>hole</title>${marked}`, {
        headers: { "content-type": "text/html; charset=utf-8" },
      }),
  );
  const base = `http://127.0.0.1:${server.addr.port}`;
  const context = await browser.newContext();
  const watch = await watchPage(context, await context.newPage(), base);
  await watch.page.goto(base, { waitUntil: "domcontentloaded" });
  await watch.page.waitForFunction("document.readyState === 'complete'").catch(() => undefined);
  const inspected = await watch.inspect();
  await context.close();
  await server.shutdown();
  return { ...watch, inspect: () => Promise.resolve(inspected) };
}
