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
