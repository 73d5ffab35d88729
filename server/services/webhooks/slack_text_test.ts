import assert from "node:assert/strict";
import { fromMrkdwn, SlackMessage, slackText } from "./slack_text.ts";

const said = (message: unknown) => slackText(SlackMessage.parse(message), 4000);

Deno.test("Slack's marks, links and code become Markdown", () => {
  for (
    const [slack, markdown] of [
      ["Deploy *done* in ~9~ _7_ s", "Deploy **done** in ~~9~~ _7_ s"],
      ["See <https://ci.example/1|build #1>", "See [build \\#1](https://ci.example/1)"],
      ["<https://ci.example/1>", "[https://ci.example/1](https://ci.example/1)"],
      ["<mailto:a@b.example|write>", "write"],
      ["<https://ci.example/?a\\|log>", "[log](https://ci.example/?a%5C)"],
      ["<https://ci.example/1| >", "[ci.example](https://ci.example/1)"],
      ["run `a *b* <c>` now", "run `a *b* <c>` now"],
      ["a &lt;b&gt; &amp;amp; c", "a \\<b\\> &amp; c"],
      ["2 * 3 * 4 and snake_case_name", "2 \\* 3 \\* 4 and snake\\_case\\_name"],
      ["> quoted", "> quoted"],
      ["&gt; quoted", "> quoted"],
    ] as const
  ) {
    assert.equal(fromMrkdwn(slack), markdown, slack);
  }
});

Deno.test("nothing of Slack's shape pings anybody or speaks Markdown of its own", () => {
  assert.equal(
    fromMrkdwn("<!everyone> <!here|here> <@U024|ann> <#C1|general>"),
    [
      "\\@everyone here @ann \\#general",
    ].join(""),
  );
  assert.equal(
    fromMrkdwn("@everyone ||x|| :party: [a](javascript:alert(1))"),
    [
      "\\@everyone \\|\\|x\\|\\| \\:party: \\[a\\](javascript:alert(1))",
    ].join(""),
  );
  assert.equal(fromMrkdwn("<javascript:alert(1)|click>"), "click");
  assert.equal(
    fromMrkdwn("<https://x.example/a(b)|[evil](https://e.example)>"),
    [
      "[\\[evil\\](https://e.example)](https://x.example/a%28b%29)",
    ].join(""),
  );
});

Deno.test("attachments are flattened to what can be read", () => {
  const text = said({
    text: "Alert from *prod*",
    attachments: [{
      fallback: "CPU high",
      pretext: "Look:",
      title: "CPU high on web-1",
      title_link: "https://mon.example/a?b=1&c=2",
      text: "load is *12*",
      fields: [{ title: "Host", value: "web-1", short: true }, { value: "alone" }],
      footer: "Monitor",
      color: "#f00",
    }, { fallback: "only this", title: "", title_link: "", author_name: "" }],
  });
  assert.equal(
    text,
    [
      "Alert from **prod**",
      "",
      "Look:",
      "> **[CPU high on web-1](https://mon.example/a?b=1&c=2)**",
      "> load is **12**",
      "> **Host:** web-1",
      "> alone",
      "> Monitor",
      "",
      "> only this",
    ].join("\n"),
  );
});

Deno.test("blocks are read where there is no text; the rest of the shape is ignored", () => {
  const blocks = [
    { type: "header", text: { type: "plain_text", text: "Nightly" } },
    { type: "section", text: { type: "mrkdwn", text: "*3* of 4" }, fields: [{ text: "a" }] },
    { type: "divider" },
    { type: "actions", elements: [{ type: "button", url: "https://x.example" }] },
  ];
  assert.equal(said({ blocks, icon_emoji: ":x:" }), "**Nightly**\n**3** of 4\na\n---");
  assert.equal(said({ text: "plain", blocks }), "plain");
  assert.equal(said({}), "");
  assert.equal(said({ text: "x".repeat(9000) }).length, 4000);
  assert.equal(SlackMessage.safeParse({ text: 7 }).success, false);
  assert.equal(SlackMessage.safeParse([]).success, false);
});
