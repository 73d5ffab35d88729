/** The five skin tones of Unicode, light to dark. */
export const TONES = ["\u{1f3fb}", "\u{1f3fc}", "\u{1f3fd}", "\u{1f3fe}", "\u{1f3ff}"] as const;

/** An emoji in a skin tone, 1 to 5; 0: as it is. Right for emoji of one person. */
export function toneOf(emoji: string, tone: number): string {
  const sign = TONES[tone - 1];
  const [first, ...rest] = emoji;
  if (sign === undefined || first === undefined) return emoji;
  // The sign that asks for a picture gives way to the tone, which asks for one too.
  return first + sign + (rest[0] === "\ufe0f" ? rest.slice(1) : rest).join("");
}
