/**
 * What Deno is told to run the program from its sources, as the tasks of deno.json do: packages
 * are where a task or a test that ran before has put them. Deno would otherwise look after each
 * of them anew for every module that is imported while it runs, some hundred thousand times,
 * which took more than half of a start.
 */
export const FROM_SOURCE: readonly string[] = [
  "run",
  "--quiet",
  "--no-check",
  "-A",
  "--node-modules-dir=manual",
  "--no-lock",
];
