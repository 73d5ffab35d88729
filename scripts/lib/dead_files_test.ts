import assert from "node:assert/strict";
import { filesOfTasks, findDeadFiles } from "./dead_files.ts";

const edge = (from: string, to: string) => ({
  from,
  to,
  typeOnly: false,
  dynamic: false,
  line: 1,
});

Deno.test("a file that nothing reaches is dead; workers, pages, tests and tasks live", () => {
  const sources = new Map([
    ["main.ts", ""],
    ["server/a.ts", 'new Worker(new URL("./worker.ts", import.meta.url));'],
    ["server/worker.ts", ""],
    ["server/dead.ts", ""],
    ["server/only_from_dead.ts", ""],
    ["server/tested.ts", ""],
    ["server/tested_test.ts", ""],
    ["ui/islands/button.tsx", ""],
    ["scripts/task.ts", ""],
  ]);
  const dead = findDeadFiles(sources, [
    edge("main.ts", "server/a.ts"),
    edge("server/dead.ts", "server/only_from_dead.ts"),
    edge("server/tested_test.ts", "server/tested.ts"),
  ], ["scripts/task.ts"]);
  assert.deepEqual(dead, ["server/dead.ts", "server/only_from_dead.ts"]);
});

Deno.test("tasks and lint plugins name files", () => {
  assert.deepEqual(
    filesOfTasks({
      tasks: { a: "deno run -A main.ts migrate", b: "deno run scripts/b.ts && deno fmt" },
      lint: { plugins: ["./scripts/p.ts"] },
    }),
    ["main.ts", "scripts/b.ts", "scripts/p.ts"],
  );
});
