import { z } from "zod";
import { link, plain, plainLine, shorten } from "./markdown.ts";

/** Commits of a push that are shown; the rest is counted. */
const COMMITS_MAX = 5;
/** Of a title, and of a comment's beginning. */
const TITLE_CHARS = 150;
const EXCERPT_CHARS = 300;

const Url = z.string().optional().catch(undefined);
const Login = z.object({ login: z.string(), html_url: Url });
const Titled = z.object({ number: z.number(), title: z.string(), html_url: Url });

/** What is read of a delivery; GitHub sends far more. */
const Delivery = z.object({
  action: z.string().optional(),
  sender: Login.optional(),
  repository: z.object({ full_name: z.string(), html_url: Url }).optional(),
  organization: z.object({ login: z.string() }).optional(),
});
type Facts = z.infer<typeof Delivery>;

const Push = z.object({
  ref: z.string(),
  compare: Url,
  created: z.boolean().optional(),
  deleted: z.boolean().optional(),
  forced: z.boolean().optional(),
  commits: z.array(z.object({ id: z.string(), message: z.string(), url: Url })).default([]),
});
const Issue = z.object({ issue: Titled });
const IssueComment = z.object({
  issue: Titled,
  comment: z.object({ body: z.string().nullable(), html_url: Url }),
});
const PullRequest = z.object({
  pull_request: Titled.extend({ merged: z.boolean().nullish(), draft: z.boolean().nullish() }),
});
const Review = z.object({
  pull_request: Titled,
  review: z.object({ state: z.string(), body: z.string().nullish(), html_url: Url }),
});
const Release = z.object({
  release: z.object({ tag_name: z.string(), name: z.string().nullish(), html_url: Url }),
});
const Run = z.object({
  name: z.string(),
  conclusion: z.string().nullish(),
  html_url: Url,
  head_branch: z.string().nullish(),
});
const Check = z.object({ name: z.string(), conclusion: z.string().nullish(), html_url: Url });
const Ref = z.object({ ref: z.string().nullish(), ref_type: z.string() });
const Ping = z.object({ zen: z.string().optional() });
const Fork = z.object({ forkee: z.object({ full_name: z.string(), html_url: Url }) });

/** Conclusions of a run or check that people want to hear of. */
const FAILURES: ReadonlySet<string> = new Set(["failure", "timed_out", "startup_failure"]);

type Render = (body: unknown, facts: Facts) => string | undefined;

/** An event whose body has the shape; a body of another one is refused by `githubText`. */
function shaped<Shape extends z.ZodType>(
  shape: Shape,
  render: (event: z.output<Shape>, facts: Facts) => string | undefined,
): Render {
  return (body, facts) => render(shape.parse(body), facts);
}

const EVENTS: Readonly<Record<string, Render>> = {
  ping: shaped(Ping, (_, facts) => `Connected to ${placeOf(facts)}.`),
  push: shaped(Push, pushText),
  issues: shaped(Issue, ({ issue }, facts) => {
    const did = ISSUE_ACTS.get(facts.action ?? "");
    return did && `${who(facts)} ${did} issue ${titled(issue)}`;
  }),
  issue_comment: shaped(
    IssueComment,
    ({ issue, comment }, facts) =>
      facts.action === "created"
        ? `${who(facts)} ${link("commented", comment.html_url)} on ${titled(issue)}${
          excerpt(comment.body)
        }`
        : undefined,
  ),
  pull_request: shaped(PullRequest, ({ pull_request: pull }, facts) => {
    const action = facts.action === "closed" && pull.merged === true ? "merged" : facts.action;
    const did = PULL_ACTS.get(action ?? "");
    return did && `${who(facts)} ${did} pull request ${titled(pull)}`;
  }),
  pull_request_review: shaped(Review, ({ pull_request: pull, review }, facts) => {
    const did = facts.action === "submitted" ? REVIEWS.get(review.state.toLowerCase()) : undefined;
    return did &&
      `${who(facts)} ${link(did, review.html_url)} ${titled(pull)}${excerpt(review.body ?? null)}`;
  }),
  release: shaped(Release, ({ release }, facts) => {
    if (facts.action !== "published") return undefined;
    const name = release.name === null || release.name === undefined || release.name === ""
      ? release.tag_name
      : release.name;
    return `${who(facts)} released ${link(name, release.html_url, TITLE_CHARS)}`;
  }),
  workflow_run: shaped(
    z.object({ workflow_run: Run }),
    ({ workflow_run: run }, facts) =>
      failed(facts, run)
        ? `Workflow ${link(run.name, run.html_url, TITLE_CHARS)} failed${onBranch(run.head_branch)}`
        : undefined,
  ),
  check_run: shaped(
    z.object({ check_run: Check }),
    ({ check_run: run }, facts) =>
      failed(facts, run) ? `Check ${link(run.name, run.html_url, TITLE_CHARS)} failed` : undefined,
  ),
  create: shaped(
    Ref,
    (made, facts) =>
      `${who(facts)} created ${plainLine(made.ref_type, 40)} ${code(made.ref ?? "")}`,
  ),
  delete: shaped(
    Ref,
    (gone, facts) =>
      `${who(facts)} deleted ${plainLine(gone.ref_type, 40)} ${code(gone.ref ?? "")}`,
  ),
  star: shaped(
    z.unknown(),
    (_, facts) =>
      facts.action === "created" ? `${who(facts)} starred ${placeOf(facts)}` : undefined,
  ),
  fork: shaped(
    Fork,
    ({ forkee }, facts) => `${who(facts)} forked it to ${link(forkee.full_name, forkee.html_url)}`,
  ),
};

const ISSUE_ACTS: ReadonlyMap<string, string> = new Map([
  ["opened", "opened"],
  ["closed", "closed"],
  ["reopened", "reopened"],
  ["transferred", "moved away"],
]);
const PULL_ACTS: ReadonlyMap<string, string> = new Map([
  ["opened", "opened"],
  ["closed", "closed"],
  ["reopened", "reopened"],
  ["merged", "merged"],
  ["ready_for_review", "asks for reviews of"],
]);
const REVIEWS: ReadonlyMap<string, string> = new Map([
  ["approved", "approved"],
  ["changes_requested", "asked for changes to"],
  ["commented", "reviewed"],
]);

/**
 * A delivery of GitHub as a few lines of Markdown; undefined where it says nothing to people: an
 * event that is not known, or an act of one that is not worth a message.
 * @throws z.ZodError where the body is not what GitHub sends for this event
 */
export function githubText(event: string, body: unknown, maxChars: number): string | undefined {
  const render = Object.hasOwn(EVENTS, event) ? EVENTS[event] : undefined;
  if (render === undefined) return undefined;
  const facts = Delivery.parse(body);
  const text = render(body, facts);
  if (text === undefined) return undefined;
  const repository = facts.repository;
  const head = repository === undefined || event === "ping" || event === "star"
    ? ""
    : `${link(repository.full_name, repository.html_url)}: `;
  return shorten(head + text, maxChars);
}

function pushText(push: z.output<typeof Push>, facts: Facts): string | undefined {
  const branch = push.ref.replace(/^refs\/(heads|tags)\//, "");
  // What `create` and `delete` tell, told once.
  if (push.commits.length === 0) {
    return push.forced === true && push.deleted !== true
      ? `${who(facts)} ${link("force-pushed", push.compare)} ${code(branch)}`
      : undefined;
  }
  const count = push.commits.length === 1 ? "1 commit" : `${push.commits.length} commits`;
  const verb = push.forced === true ? "force-pushed" : "pushed";
  const lines = push.commits.slice(0, COMMITS_MAX).map(({ id, message, url }) =>
    `- ${link(id.slice(0, 7), url)} ${plainLine(message.split("\n")[0] ?? "", TITLE_CHARS)}`
  );
  const more = push.commits.length - lines.length;
  return [
    `${who(facts)} ${verb} ${link(count, push.compare)} to ${code(branch)}`,
    ...lines,
    ...(more > 0 ? [`- and ${more} more`] : []),
  ].join("\n");
}

function failed(facts: Facts, run: { readonly conclusion?: string | null | undefined }): boolean {
  return facts.action === "completed" && FAILURES.has(run.conclusion ?? "");
}

function who({ sender }: Facts): string {
  return sender === undefined ? "Somebody" : `**${link(sender.login, sender.html_url)}**`;
}

function placeOf({ repository, organization }: Facts): string {
  if (repository !== undefined) return link(repository.full_name, repository.html_url);
  return organization === undefined ? "GitHub" : plain(organization.login);
}

function titled({ number, title, html_url }: z.infer<typeof Titled>): string {
  return link(`#${number} ${title}`, html_url, TITLE_CHARS);
}

function onBranch(branch: string | null | undefined): string {
  return branch === null || branch === undefined ? "" : ` on ${code(branch)}`;
}

/** The beginning of what somebody wrote, quoted. */
function excerpt(body: string | null): string {
  return body === null || body.trim() === "" ? "" : `\n> ${plainLine(body, EXCERPT_CHARS)}`;
}

function code(name: string): string {
  return `\`${shorten(name.replace(/[`\s]+/g, " ").trim(), 100)}\``;
}
