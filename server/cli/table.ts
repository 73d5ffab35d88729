/**
 * Lines up rows under their headings, two spaces between columns. Control characters of
 * people's text are shown as `?`: a name must not move the cursor of who reads it.
 */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows].map((row) => row.map(printable));
  const widths = headings.map((_, column) =>
    Math.max(...lines.map((row) => displayWidth(row[column] ?? "")))
  );
  return lines.map((row) =>
    row.map((cell, column) => padded(cell, widths[column] ?? 0)).join("  ").trimEnd()
  ).join("\n") + "\n";
}

/** Narrower terminals get lines of this width all the same. */
const COLUMNS_MIN = 20;

/** A text in lines of at most so many columns, all but the first with `indent` spaces before them. */
export function wrapped(text: string, columns: number, indent = 0): string[] {
  const most = Math.max(COLUMNS_MIN, columns);
  const lines: string[] = [];
  let line = "";
  const end = () => {
    lines.push(line.trimEnd());
    line = " ".repeat(indent);
  };
  for (const word of printable(text).split(" ")) {
    const isEmpty = line.trim() === "";
    if (!isEmpty && displayWidth(`${line} ${word}`) > most) end();
    line += line.trim() === "" ? "" : " ";
    // What has no spaces, such as an address, goes on in the next line where it does not fit.
    for (const character of word) {
      if (displayWidth(line + character) > most) end();
      line += character;
    }
  }
  end();
  return lines;
}

/** A text in one line of at most so many columns, cut where it is longer. */
export function clipped(text: string, columns: number): string {
  const most = Math.max(COLUMNS_MIN, columns);
  const line = printable(text);
  if (displayWidth(line) <= most) return line;
  let cut = "";
  for (const character of line) {
    if (displayWidth(cut + character) > most - 1) break;
    cut += character;
  }
  return `${cut.trimEnd()}…`;
}

/** Text without control characters and direction overrides, fit for a terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "?");
}

function padded(cell: string, width: number): string {
  return cell + " ".repeat(Math.max(0, width - displayWidth(cell)));
}

/** Columns that a terminal gives to the text: wide characters take two, marks none. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{Mn}|\p{Me}|\p{Cf}/u.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** `1536` -> `1.5 KiB`. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return unit === 0 ? `${bytes} bytes` : `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}

/** A time as people on any terminal read it alike, in UTC. */
export function formatTime(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "never";
  return new Date(ms).toISOString().replace("T", " ").slice(0, 16) + " UTC";
}
