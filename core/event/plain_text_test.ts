import assert from "node:assert/strict";
import { plainTextOf } from "./plain_text.ts";

const names = {
  user: () => "Ann *the* first",
  role: () => undefined,
  channel: (id: string) => id === "c1" ? "beds" : undefined,
};

const plain = (source: string) => plainTextOf(source, names);

Deno.test("marks of markdown are left out, what only looks like them is read as it stands", () => {
  for (
    const [source, read] of [
      ["Beds, **seeds** and _weather_.\nNo ~~trade~~.", "Beds, seeds and weather. No trade."],
      ["# Rules\n> be *kind*\n> > twice", "Rules be kind twice"],
      [
        "What is [coming up](https://garden.test/a_b), and `what` is not",
        "What is coming up, and what is not",
      ],
      ["||gone|| by noon", "gone by noon"],
      ["snake_case and 2 * 3 > 5, C#, issue #4", "snake_case and 2 * 3 > 5, C#, issue #4"],
      ["https://garden.test/~ann/my_page", "https://garden.test/~ann/my_page"],
      [":sun_face: #general", ":sun_face: #general"],
    ] as const
  ) assert.equal(plain(source), read);
});

Deno.test("mentions are read by name, and names keep their signs", () => {
  assert.equal(plain("**<@ann:one.test>** > <#c1>, <&r1>"), "@Ann *the* first > #beds, @?");
});
