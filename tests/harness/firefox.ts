import assert from "node:assert/strict";
import { type Browser, firefox } from "playwright-core";

/** Of the tone that the fake microphone plays. */
export const FIREFOX_TONE_HZ = 440;

const PREFERENCES = {
  // A microphone and a camera of its own, which ask nobody.
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
  "media.navigator.audio.fake_frequency": FIREFOX_TONE_HZ,
  "media.autoplay.default": 0,
  "ui.prefersReducedMotion": 1,
  // Without a screen it knows of no mouse; people at a desk have one: fine, and it hovers.
  "ui.primaryPointerCapabilities": 6,
  "ui.allPointerCapabilities": 6,
  // Nothing is asked of its makers' servers.
  "services.settings.server": "data:,",
  "app.normandy.enabled": false,
} as const;

/** What Playwright asks of each new context and Firefox (to 153 at least) does not know. */
const UNKNOWN = "emulation.setMediaFeaturesOverride";

interface Session {
  send(method: string, params: unknown): Promise<unknown>;
}
interface Inner {
  readonly _connection: {
    toImpl?(browser: Browser): { readonly _browserSession?: Session };
  };
}

/**
 * Debian's Firefox with an empty profile, driven over WebDriver BiDi, with these in its
 * environment and preferences. Its contexts cannot choose colors, nor go without scripts.
 */
export async function launchFirefox(
  env: Readonly<Record<string, string>> = {},
  preferences: Readonly<Record<string, string | number | boolean>> = {},
): Promise<Browser> {
  const browser = await firefox.launch({
    channel: "moz-firefox",
    executablePath: "/usr/bin/firefox-esr",
    headless: true,
    firefoxUserPrefs: { ...PREFERENCES, ...preferences },
    env: { ...Deno.env.toObject(), ...env },
  });
  const session = (browser as unknown as Inner)._connection.toImpl?.(browser)._browserSession;
  assert.ok(session, "Playwright keeps the session of Firefox elsewhere now");
  const send = session.send.bind(session);
  session.send = (method, params) =>
    method === UNKNOWN ? Promise.resolve({}) : send(method, params);
  return browser;
}

const ROUTES = "/proc/net/route";

/**
 * Firefox offers for a call only the IPv4 address that leads out of the machine, the loopback never:
 * where there is none a call would wait for ever.
 * @throws Error that names what is missing
 */
export async function requireRouteOut(): Promise<void> {
  const [, ...routes] = (await Deno.readTextFile(ROUTES)).trim().split("\n");
  // Columns of proc(5): interface, destination, gateway, ...; the default leads to 0.0.0.0.
  const ways = routes.map((line) => line.split("\t")).filter(([, to]) => to === "00000000");
  const addresses = Deno.networkInterfaces().filter(({ name, family }) =>
    family === "IPv4" && ways.some(([way]) => way === name)
  );
  if (addresses.length > 0) return;
  throw new Error(
    "Firefox cannot be called on this machine: none of its interfaces has an IPv4 address and a " +
      "default route. Give it one, as `ip route add default dev DEVICE` does for an address that " +
      "DEVICE has.",
  );
}
