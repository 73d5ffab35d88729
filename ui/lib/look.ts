export const THEMES = ["auto", "light", "dark", "contrast-light", "contrast-dark"] as const;
export const DENSITIES = ["cosy", "compact"] as const;
/** Size of text in percent of what the browser is set to. */
export const SIZES = ["90", "100", "110", "125", "150"] as const;
export const MOTIONS = ["auto", "less"] as const;
/** `auto`: as is usual in the language, in the region that the browser names. */
export const CLOCKS = ["auto", "h12", "h23"] as const;

export type Theme = (typeof THEMES)[number];

/** How somebody wants the pages to look on one device. */
export interface Look {
  readonly theme: Theme;
  readonly density: (typeof DENSITIES)[number];
  readonly size: (typeof SIZES)[number];
  readonly motion: (typeof MOTIONS)[number];
  readonly clock: (typeof CLOCKS)[number];
  /** Lay the account's own sheet over the pages here. */
  readonly ownStyle: boolean;
}

export const PLAIN_LOOK: Look = {
  theme: "auto",
  density: "cosy",
  size: "100",
  motion: "auto",
  clock: "auto",
  ownStyle: false,
};

const COOKIE = "og_look";
const OWN = "own";

const among = <Choice extends string>(
  choices: readonly Choice[],
  value: string | undefined,
): Choice | undefined => choices.find((choice) => choice === value);

/** Choices by their names, as a form or the cookie gives them; what is none of ours falls away. */
export function lookOf(named: Readonly<Record<string, string | undefined>>): Look {
  return {
    theme: among(THEMES, named["theme"]) ?? PLAIN_LOOK.theme,
    density: among(DENSITIES, named["density"]) ?? PLAIN_LOOK.density,
    size: among(SIZES, named["size"]) ?? PLAIN_LOOK.size,
    motion: among(MOTIONS, named["motion"]) ?? PLAIN_LOOK.motion,
    clock: among(CLOCKS, named["clock"]) ?? PLAIN_LOOK.clock,
    ownStyle: named["own"] === OWN,
  };
}

/**
 * The look the visitor chose on this device. With `?safe` in the address their own sheet is left
 * out: the way back from one that hides everything.
 */
export function readLook(request: Request): Look {
  const match = new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w.-]{1,80})(?:;|$)`).exec(
    request.headers.get("cookie") ?? "",
  );
  const [theme, density, size, motion, own, clock] = (match?.[1] ?? "").split(".");
  const look = lookOf({ theme, density, size, motion, own, clock });
  return new URL(request.url).searchParams.has("safe") ? { ...look, ownStyle: false } : look;
}

/**
 * A year. Kept on the device and not with the account: a phone and a desk want different sizes,
 * and the server draws the first page in it. It holds no secret.
 */
export function lookCookie(look: Look): string {
  const { theme, density, size, motion, ownStyle, clock } = look;
  const value = [theme, density, size, motion, ownStyle ? OWN : "none", clock];
  return `${COOKIE}=${value.join(".")}; Path=/; Max-Age=31536000; SameSite=Lax`;
}

/** Whether the cookie asks for the own sheet, whatever this page leaves out. */
export function wantsOwnStyle(request: Request): boolean {
  const url = new URL(request.url);
  url.searchParams.delete("safe");
  return readLook(new Request(url, { headers: request.headers })).ownStyle;
}
