import { z } from "zod";
import { link, plain, plainLine, shorten } from "./markdown.ts";

/** Attachments, fields of one and blocks that are read; the rest is left out. */
const PARTS_MAX = 20;

const Text = z.string().max(40_000);
const Field = z.object({ title: Text.optional(), value: Text.optional() });
const Attachment = z.object({
  fallback: Text.optional(),
  pretext: Text.optional(),
  author_name: Text.optional(),
  author_link: Text.optional(),
  title: Text.optional(),
  title_link: Text.optional(),
  text: Text.optional(),
  fields: z.array(Field).optional(),
  footer: Text.optional(),
});
const BlockText = z.union([Text, z.object({ text: Text.optional() })]);
const Block = z.object({
  type: z.string(),
  text: BlockText.optional(),
  fields: z.array(z.object({ text: Text.optional() })).optional(),
  elements: z.array(z.unknown()).optional(),
});

/** What is read of a message of Slack's incoming webhooks; everything else is ignored. */
export const SlackMessage = z.object({
  text: Text.optional(),
  username: Text.optional(),
  attachments: z.array(Attachment).optional(),
  blocks: z.array(Block).optional(),
});
export type SlackMessage = z.infer<typeof SlackMessage>;

/** A message of Slack's shape as Markdown: text, blocks where there is none, then attachments. */
export function slackText(message: SlackMessage, maxChars: number): string {
  const { text, blocks = [], attachments = [] } = message;
  const head = text !== undefined && text.trim() !== ""
    ? fromMrkdwn(text)
    : blocks.slice(0, PARTS_MAX).map(blockText).filter((part) => part !== "").join("\n");
  const parts = [head, ...attachments.slice(0, PARTS_MAX).map(attachmentText)];
  return shorten(parts.filter((part) => part !== "").join("\n\n"), maxChars);
}

function attachmentText(part: z.infer<typeof Attachment>): string {
  const { author_name: author = "", title = "" } = part;
  const lines = [
    author === "" ? "" : link(decode(author), part.author_link),
    title === "" ? "" : `**${link(decode(title), part.title_link)}**`,
    fromMrkdwn(part.text ?? ""),
    ...(part.fields ?? []).slice(0, PARTS_MAX).map(({ title = "", value = "" }) =>
      title === ""
        ? fromMrkdwn(value)
        : `**${plainLine(decode(title), 200)}:** ${fromMrkdwn(value)}`
    ),
    plainLine(decode(part.footer ?? ""), 200),
  ].filter((line) => line !== "");
  // The fallback stands for an attachment that could not be shown: only where nothing else is said.
  const body = lines.length > 0 ? lines.join("\n") : fromMrkdwn(part.fallback ?? "");
  const quoted = body === "" ? "" : body.split("\n").map((line) => `> ${line}`).join("\n");
  const before = fromMrkdwn(part.pretext ?? "");
  return [before, quoted].filter((piece) => piece !== "").join("\n");
}

function blockText(block: z.infer<typeof Block>): string {
  const own = typeof block.text === "string" ? block.text : block.text?.text ?? "";
  const fields = (block.fields ?? []).slice(0, PARTS_MAX).map(({ text = "" }) => fromMrkdwn(text));
  if (block.type === "divider") return "---";
  if (block.type === "header") return own === "" ? "" : `**${plainLine(decode(own), 200)}**`;
  return [fromMrkdwn(own), ...fields].filter((part) => part !== "").join("\n");
}

/** Links and commands in angle brackets, code, and what stands between them. */
const PIECES = /```[\s\S]*?```|`[^`\n]+`|<([^<>\n]+)>/g;

/**
 * Slack's mrkdwn as Markdown: links, bold, struck text and code are kept, what would ping somebody
 * becomes plain text.
 */
export function fromMrkdwn(text: string): string {
  let made = "";
  let end = 0;
  for (const match of text.matchAll(PIECES)) {
    made += styled(text.slice(end, match.index));
    made += match[1] === undefined ? decode(match[0]) : bracket(match[1]);
    end = match.index + match[0].length;
  }
  return (made + styled(text.slice(end))).trim();
}

/** `<!here>`, `<@U1|ann>`, `<#C1|general>`, `<https://…|text>`. */
function bracket(inner: string): string {
  const bar = inner.indexOf("|");
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? undefined : decode(inner.slice(bar + 1));
  if (target.startsWith("!")) return plain(label ?? `@${target.slice(1).split("^")[0] ?? ""}`);
  if (target.startsWith("@") || target.startsWith("#")) {
    return plain(label === undefined ? target : `${target[0]}${label.replace(/^[@#]/, "")}`);
  }
  const address = decode(target);
  return link(label ?? address, address, 500);
}

/** `*bold*`, `~struck~` and `_slanted_` of a piece of text, and everything else as it is. */
function styled(text: string): string {
  const marks =
    /(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])|(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])|(?<!\w)_(?=\S)([^_\n]+?)(?<=\S)_(?!\w)/g;
  let made = "";
  let end = 0;
  for (const match of text.matchAll(marks)) {
    made += plainText(text.slice(end, match.index));
    const [, bold, struck, slanted] = match;
    made += bold !== undefined
      ? `**${plainText(bold)}**`
      : struck !== undefined
      ? `~~${plainText(struck)}~~`
      : `_${plainText(slanted ?? "")}_`;
    end = match.index + match[0].length;
  }
  return made + plainText(text.slice(end));
}

/** Quotes and lists of Slack are those of Markdown; other signs are shown. */
function plainText(text: string): string {
  return plain(decode(text)).replace(/^\\>/gm, ">");
}

function decode(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
