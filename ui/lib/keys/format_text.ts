export interface Marked {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Puts marks of markdown around what is selected, or takes them away where they stand already;
 * the words stay selected. Spaces at the edges stay outside: `**word **` is not bold.
 */
export function toggleMark(source: Marked, mark: string): Marked {
  const { text } = source;
  let { start, end } = source;
  while (start < end && /\s/.test(text[start] ?? "")) start++;
  while (end > start && /\s/.test(text[end - 1] ?? "")) end--;
  const held = text.slice(start, end);
  const size = mark.length;
  const runBefore = runLength(text.slice(0, start), mark, "end");
  const runAfter = runLength(text.slice(end), mark, "start");
  if (carries(runBefore, mark) && carries(runAfter, mark)) {
    return {
      text: text.slice(0, start - size) + held + text.slice(end + size),
      start: start - size,
      end: end - size,
    };
  }
  return {
    text: text.slice(0, start) + mark + held + mark + text.slice(end),
    start: start + size,
    end: end + size,
  };
}

/** How many of the mark's character stand in a row at one edge of a text. */
function runLength(text: string, mark: string, edge: "start" | "end"): number {
  const char = mark[0] ?? "";
  let count = 0;
  while (count < text.length && text.at(edge === "end" ? -1 - count : count) === char) count++;
  return count;
}

/** `*` is in a run of one or three, `**` in one of two or more. */
function carries(run: number, mark: string): boolean {
  return mark.length === 1 ? run % 2 === 1 : run >= mark.length;
}

/** Makes the lines of what is selected a quote, or takes the signs away where all have one. */
export function toggleQuote({ text, start, end }: Marked): Marked {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const lineEnd = text.indexOf("\n", end);
  const to = lineEnd < 0 ? text.length : lineEnd;
  const lines = text.slice(from, to).split("\n");
  const quoted = lines.every((line) => line.startsWith("> "));
  const held = lines.map((line) => quoted ? line.slice(2) : `> ${line}`).join("\n");
  return {
    text: text.slice(0, from) + held + text.slice(to),
    start: from,
    end: from + held.length,
  };
}

const LINK_START = "https://";

/** Makes what is selected the words of a link, or its address; what is missing is selected. */
export function makeLink({ text, start, end }: Marked): Marked {
  const held = text.slice(start, end);
  const isAddress = /^https?:\/\/\S+$/.test(held);
  const [words, address] = isAddress ? ["", held] : [held, LINK_START];
  const at = isAddress ? start + 1 : start + words.length + 3;
  return {
    text: `${text.slice(0, start)}[${words}](${address})${text.slice(end)}`,
    start: at,
    end: isAddress ? at : at + address.length,
  };
}
