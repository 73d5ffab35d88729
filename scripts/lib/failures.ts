/** A test that failed, as the end of a run names it. */
export interface Failure {
  /** `name => ./file_test.ts:line:column`, or the module that an error came out of. */
  readonly test: string;
  /** The first line of its error, and where in the project it was thrown if that is known. */
  readonly error: string;
}

const HEAD = /^(?:.+ => \S+:\d+:\d+|\S+ \(uncaught error\))$/;
const FRAME = /^ {4}at (?:.*\()?file:\/\/(\S+?:\d+):\d+\)?$/;
const LINE_CHARACTERS = 300;

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
    failures.push({ test, error: `${error.slice(0, LINE_CHARACTERS)}${place}` });
  }
  return failures;
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
