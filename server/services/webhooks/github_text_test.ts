import assert from "node:assert/strict";
import { githubText } from "./github_text.ts";

const sender = { login: "octo", id: 1, html_url: "https://github.com/octo", type: "User" };
const repository = {
  id: 9,
  full_name: "acme/site",
  html_url: "https://github.com/acme/site",
  private: false,
};
const HEAD = "[acme/site](https://github.com/acme/site): **[octo](https://github.com/octo)**";
const issue = {
  number: 12,
  title: "Crash *on* start @everyone",
  html_url: "https://github.com/acme/site/issues/12",
};
const TITLED = "[\\#12 Crash \\*on\\* start \\@everyone](https://github.com/acme/site/issues/12)";
const pull = { ...issue, html_url: "https://github.com/acme/site/pull/12", merged: false };
const PULL = TITLED.replace("issues", "pull");
const commit = (at: number, message: string) => ({
  id: `${at}`.repeat(40).slice(0, 40),
  message,
  url: `https://github.com/acme/site/commit/${at}`,
  author: { name: "O", email: "o@example.org" },
});

const tell = (event: string, body: object) =>
  githubText(event, { sender, repository, ...body }, 4000);

Deno.test("a push names its commits, the first lines alone, and counts what is left", () => {
  const push = {
    ref: "refs/heads/main",
    compare: "https://github.com/acme/site/compare/a...b",
    created: false,
    deleted: false,
    forced: false,
    commits: [commit(1, "Fix [the] door\n\nlong text"), commit(2, "More")],
  };
  assert.equal(
    tell("push", push),
    [
      `${HEAD} pushed [2 commits](https://github.com/acme/site/compare/a...b) to \`main\``,
      "- [1111111](https://github.com/acme/site/commit/1) Fix \\[the\\] door",
      "- [2222222](https://github.com/acme/site/commit/2) More",
    ].join("\n"),
  );
  const many = { ...push, commits: [1, 2, 3, 4, 5, 6, 7].map((at) => commit(at, "x")) };
  assert.match(tell("push", many) ?? "", /\n- and 2 more$/);
  assert.match(tell("push", { ...push, forced: true, commits: [] }) ?? "", /force-pushed/);
  assert.equal(tell("push", { ...push, deleted: true, commits: [] }), undefined);
});

Deno.test("issues, comments, pull requests and reviews say who did what, with a link", () => {
  assert.equal(tell("issues", { action: "opened", issue }), `${HEAD} opened issue ${TITLED}`);
  assert.equal(tell("issues", { action: "labeled", issue }), undefined);
  assert.equal(
    tell("issue_comment", {
      action: "created",
      issue,
      comment: { body: "Same\n\nhere <@U1>", html_url: "https://github.com/c/1" },
    }),
    `${HEAD} [commented](https://github.com/c/1) on ${TITLED}\n> Same here \\<@U1\\>`,
  );
  const pulled = (action: string, more = {}) =>
    tell("pull_request", { action, pull_request: { ...pull, ...more } });
  assert.equal(pulled("opened"), `${HEAD} opened pull request ${PULL}`);
  assert.equal(pulled("closed"), `${HEAD} closed pull request ${PULL}`);
  assert.equal(pulled("closed", { merged: true }), `${HEAD} merged pull request ${PULL}`);
  assert.equal(pulled("synchronize"), undefined);
  const review = { state: "changes_requested", body: null, html_url: "https://github.com/r/1" };
  assert.equal(
    tell("pull_request_review", { action: "submitted", pull_request: pull, review }),
    `${HEAD} [asked for changes to](https://github.com/r/1) ${PULL}`,
  );
});

Deno.test("releases, branches, stars and forks are told; runs and checks where they fail", () => {
  const release = { tag_name: "v2", name: "", html_url: "https://github.com/rel/2" };
  assert.equal(
    tell("release", { action: "published", release }),
    `${HEAD} released [v2](https://github.com/rel/2)`,
  );
  assert.equal(tell("release", { action: "edited", release }), undefined);
  assert.equal(
    tell("create", { ref: "a`b", ref_type: "branch" }),
    `${HEAD} created branch \`a b\``,
  );
  assert.equal(tell("delete", { ref: "v1", ref_type: "tag" }), `${HEAD} deleted tag \`v1\``);
  assert.equal(
    tell("star", { action: "created", starred_at: "2026-01-01" }),
    "**[octo](https://github.com/octo)** starred [acme/site](https://github.com/acme/site)",
  );
  const run = (conclusion: string) => ({
    action: "completed",
    workflow_run: {
      name: "CI",
      conclusion,
      html_url: "https://github.com/run/1",
      head_branch: "main",
    },
  });
  assert.match(
    tell("workflow_run", run("failure")) ?? "",
    /: Workflow \[CI\]\(https:\/\/github.com\/run\/1\) failed on `main`$/,
  );
  assert.equal(tell("workflow_run", run("success")), undefined);
  const check_run = { name: "lint", conclusion: "timed_out", html_url: "https://github.com/k" };
  assert.match(tell("check_run", { action: "completed", check_run }) ?? "", /Check .*lint/);
  assert.match(tell("ping", { zen: "Keep it logically awesome.", hook_id: 3 }) ?? "", /^Connected/);
});

Deno.test("what is unknown is ignored, what is no delivery is refused", () => {
  for (const event of ["watch", "security_advisory", "__proto__", "constructor", ""]) {
    assert.equal(tell(event, { action: "created" }), undefined, event);
  }
  assert.equal(tell("issues", { action: "constructor", issue }), undefined);
  assert.equal(tell("pull_request", { action: "toString", pull_request: pull }), undefined);
  const review = { state: "CONSTRUCTOR", body: null };
  assert.equal(
    tell("pull_request_review", { action: "submitted", pull_request: pull, review }),
    undefined,
  );
  assert.throws(() => tell("push", { commits: "none" }));
  assert.throws(() => tell("issues", { action: "opened" }));
  assert.throws(() => githubText("push", null, 4000));
  const hostile = tell("issues", {
    action: "opened",
    issue: { number: 1, title: "x".repeat(100_000), html_url: "javascript:alert(1)" },
  }) ?? "";
  assert.ok(hostile.length < 400 && !hostile.includes("javascript"));
  const faceless = githubText("issues", { action: "opened", issue }, 4000) ?? "";
  assert.equal(faceless, `Somebody opened issue ${TITLED}`);
});
