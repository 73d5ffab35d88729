/** A test that failed, as the end of a run names it. */
export interface Failure {
  /** `name => ./file_test.ts:line:column`, or the module that an error came out of. */
  readonly test: string;
  /** What its error says, and where in the project it was thrown if that is known. */
  readonly error: string;
}

const HEAD = /^(?:.+ => \S+:\d+:\d+|\S+ \(uncaught error\))$/;
/** Frames that another library wrote anew name files without their scheme. */
const FRAME = /^ {4}at (?:.*\()?(?:file:\/\/)?(\/\S+?:\d+):\d+\)?$/;
const LINE_CHARACTERS = 1500;
/** Of what an error says, its first line included: what was waited for, and what was there. */
const ERROR_LINES = 8;

/**
 * Reads the list of errors that `deno test` prints before its closing line; empty without one.
 * `root` is the folder of the project, without a slash at its end.
 */
export function readFailures(output: string, root: string): Failure[] {
  const lines = output.split("\n");
  const begin = lines.lastIndexOf(" ERRORS ");
  const end = lines.lastIndexOf(" FAILURES ");
  if (begin < 0 || end < begin) return [];
  const failures: Failure[] = [];
  for (let at = begin + 1; at < end; at++) {
    const test = lines[at] as string;
    const error = lines[at + 1] ?? "";
    if (!HEAD.test(test) || !error.startsWith("error: ")) continue;
    const place = thrownAt(lines, { from: at + 2, root });
    const [first = "", ...more] = saidFrom(lines.slice(0, end), at + 1);
    failures.push({ test, error: [`${first}${place}`, ...more].join("\n      ") });
  }
  return failures;
}

/** The lines of an error that begins at `from`, without its stack and the source it came from. */
function saidFrom(lines: readonly string[], from: number): string[] {
  const said: string[] = [];
  for (let at = from; at < lines.length && said.length < ERROR_LINES; at++) {
    const line = lines[at] as string;
    const isSource = /^\s*\^$/.test(lines[at + 1] ?? "");
    if (at > from && (isSource || line.startsWith("    at ") || HEAD.test(line))) break;
    if (line.trim() !== "") said.push(line.trim().slice(0, LINE_CHARACTERS));
  }
  return said;
}

/** The nearest place of the project's own in the stack of the error whose text goes on at `from`. */
function thrownAt(
  lines: readonly string[],
  { from, root }: { readonly from: number; readonly root: string },
): string {
  for (let at = from; at < lines.length && !HEAD.test(lines[at] as string); at++) {
    const line = lines[at] as string;
    const place = FRAME.exec(line)?.[1];
    if (place?.startsWith(`${root}/`) && !place.includes("/node_modules/")) {
      return ` (${place.slice(root.length + 1)})`;
    }
  }
  return "";
}

/** The last lines of a run that died without telling what failed. */
export function lastLines(output: string, count: number): string {
  return output.trimEnd().split("\n").slice(-count)
    .map((line) => line.slice(0, LINE_CHARACTERS)).join("\n");
}
