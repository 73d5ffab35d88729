/** Signs of Markdown, mentions and spoilers that could make more of a text than it is. */
const SIGNS = /[\\`*_~[\]<>|#]|@(?=everyone\b)|:(?=[0-9A-Za-z_]{2,32}:)/g;
const BREAKS = /\s+/g;

/** A foreign text as Markdown that shows it as it is. */
export function plain(text: string): string {
  return text.replace(SIGNS, "\\$&");
}

/** The same in one line of at most so many characters, so that nothing begins a block. */
export function plainLine(text: string, maxChars: number): string {
  return plain(shorten(text.replace(BREAKS, " ").trim(), maxChars));
}

/** Cut at a character, never inside of one. */
export function shorten(text: string, maxChars: number): string {
  const chars = [...text];
  return chars.length <= maxChars ? text : `${chars.slice(0, maxChars - 1).join("")}…`;
}

/** What would end or break the address of a link in Markdown. */
const ENDS: Readonly<Record<string, string>> = { "(": "%28", ")": "%29", "\\": "%5C" };

/** A link with a text that is shown as it is; the text alone where the address is none of the web's. */
export function link(text: string, address: string | undefined, maxChars = 200): string {
  const shown = plainLine(text, maxChars);
  const url = address !== undefined && URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return shown;
  const href = url.href.replace(/[()\\]/g, (sign) => ENDS[sign] ?? sign);
  // Without a text nobody could see that there is a link.
  return `[${shown === "" ? plainLine(url.host, maxChars) : shown}](${href})`;
}
