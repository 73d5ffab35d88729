/** WCAG 2 contrast that names in a role's color must reach against the page. */
const CONTRAST = 4.5;
/**
 * The page behind a name where it is hardest to read, as the tokens define it: in the light theme
 * a row of the member list under the pointer, in the dark one a chosen message.
 */
const LIGHT: Rgb = [226, 227, 220];
const DARK: Rgb = [40, 57, 55];

type Rgb = readonly [number, number, number];

function parseColor(color: string): Rgb | undefined {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/.exec(color);
  if (!match) return undefined;
  return [1, 2, 3].map((i) => parseInt(match[i] ?? "0", 16)) as unknown as Rgb;
}

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: Rgb, b: Rgb): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Moves a color towards black or white until it can be read on `page`. */
function lift(rgb: Rgb, page: Rgb): Rgb {
  const target = luminance(page) > 0.5 ? 0 : 255;
  for (let step = 0; step <= 20; step++) {
    const mixed = rgb.map((value) => Math.round(value + (target - value) * step / 20));
    if (contrast(mixed as unknown as Rgb, page) >= CONTRAST) return mixed as unknown as Rgb;
  }
  return [target, target, target];
}

/** How a color stands on the pages: its contrast, and what names are drawn in there. */
export function standOf(color: string): { light: Stand; dark: Stand } | undefined {
  const rgb = parseColor(color);
  if (!rgb) return undefined;
  const stand = (page: Rgb): Stand => {
    const drawn = lift(rgb, page);
    return {
      contrast: contrast(rgb, page),
      readable: contrast(rgb, page) >= CONTRAST,
      drawn: `rgb(${drawn.join(" ")})`,
    };
  };
  return { light: stand(LIGHT), dark: stand(DARK) };
}

export interface Stand {
  /** WCAG contrast of the color as it is. */
  readonly contrast: number;
  readonly readable: boolean;
  /** The same hue, moved until it can be read. */
  readonly drawn: string;
}

/** Class of a role's color; the policy of the pages allows no style attributes. */
export function colorClass(color: string | null): string {
  return color !== null && parseColor(color) ? `c-${color.slice(1)}` : "";
}

/** The rule behind `colorClass`: the same hue, readable in both themes. */
export function colorRule(color: string): string {
  const rgb = parseColor(color);
  if (!rgb) return "";
  const css = (value: Rgb) => `rgb(${value.join(" ")})`;
  return `.c-${color.slice(1)}{color:light-dark(${css(lift(rgb, LIGHT))},${
    css(lift(rgb, DARK))
  });` +
    `--role:${color}}`;
}
