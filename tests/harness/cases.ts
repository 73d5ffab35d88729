import assert from "node:assert/strict";

/**
 * How many cases an environment variable asks for, `OPENGUILD_TEST_<name>`; else as many as an
 * ordinary run has time for. `deno task proof` sets them.
 */
export function casesOf(name: string, ordinary: number): number {
  const variable = `OPENGUILD_TEST_${name}`;
  const text = Deno.env.get(variable);
  const cases = text === undefined ? ordinary : Number(text);
  assert(Number.isInteger(cases) && cases > 0, `${variable}=${text} is no number of cases`);
  return cases;
}

/** A line so often at the most: a run of half an hour is seen to go on. */
const TELL_MS = 15_000;

/**
 * Where `deno task proof` watches (`OPENGUILD_TEST_PROGRESS`), how many of many cases are done, as a
 * line on standard error now and then. Call it before each case with how many came before.
 */
export function progressOf(what: string, cases: number): (done: number) => void {
  if (Deno.env.get("OPENGUILD_TEST_PROGRESS") === undefined) return () => undefined;
  const begunMs = performance.now();
  let toldMs = begunMs;
  return (done) => {
    const nowMs = performance.now();
    if (nowMs - toldMs < TELL_MS) return;
    toldMs = nowMs;
    const minutes = (ms: number) => (ms / 60_000).toFixed(1);
    const leftMs = done === 0 ? NaN : (nowMs - begunMs) / done * (cases - done);
    console.error(
      `  ${what}: ${done} of ${cases} after ${minutes(nowMs - begunMs)} min` +
        (done === 0 ? "" : `, about ${minutes(leftMs)} min left`),
    );
  };
}
