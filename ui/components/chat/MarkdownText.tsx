import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { Token, Tokens } from "marked";
import type { MentionToken } from "../../../core/event/mention_tokens.ts";
import {
  type EmojiToken,
  type InlineExtra,
  isJumbo,
  parseMarkdown,
  safeHref,
} from "../../lib/md/parse.ts";
import { t } from "../../lib/i18n/t.ts";
import { CodeBlock } from "./CodeBlock.tsx";

/**
 * How mentions and a guild's emoji are drawn: names, links and pictures depend on guild and
 * viewer. An emoji that the guild has not comes back as text.
 */
export type DrawMention = (mention: MentionToken | EmojiToken) => JSX.Element | string;

export interface MarkdownProps {
  readonly source: string;
  readonly mention: DrawMention;
}

/** A message's text. Tokens become elements one by one: no HTML of a message is ever parsed. */
export default function MarkdownText({ source, mention }: MarkdownProps) {
  const known = (name: string) => typeof mention({ kind: "emoji", name }) !== "string";
  return (
    <div class={isJumbo(source, known) ? "md jumbo" : "md"}>
      {blocks(parseMarkdown(source), mention)}
    </div>
  );
}

function blocks(tokens: readonly Token[] | undefined, mention: DrawMention): ComponentChildren {
  return tokens?.map((token) => node(block(token, mention)));
}

function block(token: Token, mention: DrawMention): ComponentChildren {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "heading":
      return <p class={`md-h md-h${Math.min(token.depth, 3)}`}>{inlines(token.tokens, mention)}</p>;
    case "paragraph":
      return <p>{inlines(token.tokens, mention)}</p>;
    case "text":
      return token.tokens ? inlines(token.tokens, mention) : token.text;
    case "blockquote":
      return <blockquote>{blocks(token.tokens, mention)}</blockquote>;
    case "code":
      return <CodeBlock text={token.text} lang={token.lang ?? ""} />;
    case "hr":
      return <hr />;
    case "list":
      return <List list={token as Tokens.List} mention={mention} />;
    case "table":
      return <Table table={token as Tokens.Table} mention={mention} />;
    case "html":
      return <p>{token.raw}</p>;
    default:
      return inline(token, mention);
  }
}

function List({ list, mention }: { list: Tokens.List; mention: DrawMention }) {
  const items = list.items.map((item, i) => (
    <li key={i}>
      {item.task && <input type="checkbox" checked={item.checked === true} disabled />}
      {blocks(item.tokens.filter((token) => token.type !== "checkbox"), mention)}
    </li>
  ));
  return list.ordered ? <ol start={Number(list.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

function Table({ table, mention }: { table: Tokens.Table; mention: DrawMention }) {
  return (
    <div class="md-table" tabIndex={0} role="region" aria-label={t("md.table")}>
      <table>
        <thead>
          <tr>{table.header.map((cell, i) => <th key={i}>{inlines(cell.tokens, mention)}</th>)}</tr>
        </thead>
        <tbody>
          {table.rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) => <td key={j}>{inlines(cell.tokens, mention)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function inlines(tokens: readonly Token[] | undefined, mention: DrawMention): ComponentChildren {
  return tokens?.map((token) => node(inline(token, mention)));
}

/** The server's renderer escapes a bare string inside a list twice. */
function node(drawn: ComponentChildren): ComponentChildren {
  return typeof drawn === "string" ? <>{drawn}</> : drawn;
}

function inline(token: Token, mention: DrawMention): ComponentChildren {
  const extra = token as unknown as InlineExtra;
  if (extra.type === "mention") return mention(extra.mention);
  if (extra.type === "emoji") return mention(extra.emoji);
  if (extra.type === "spoiler") {
    return <Spoiler>{inlines(extra.tokens, mention)}</Spoiler>;
  }
  switch (token.type) {
    case "strong":
      // What people who come from Discord write: two underscores underline.
      return token.raw.startsWith("__")
        ? <u>{inlines(token.tokens, mention)}</u>
        : <strong>{inlines(token.tokens, mention)}</strong>;
    case "em":
      return <em>{inlines(token.tokens, mention)}</em>;
    case "del":
      return <del>{inlines(token.tokens, mention)}</del>;
    case "codespan":
      return <code>{token.text}</code>;
    case "br":
      return <br />;
    case "link":
      return <Link href={token.href} raw={token.raw}>{inlines(token.tokens, mention)}</Link>;
    case "image":
      return <Link href={token.href} raw={token.raw}>{token.text || token.href}</Link>;
    case "text":
      return token.tokens ? inlines(token.tokens, mention) : token.text;
    case "escape":
      return token.text;
    default:
      return token.raw;
  }
}

function Link(props: { href: string; raw: string; children: ComponentChildren }) {
  const href = safeHref(props.href);
  if (href === undefined) return <>{props.raw}</>;
  return <a href={href} target="_blank" rel="noopener noreferrer nofollow ugc">{props.children}</a>;
}

function Spoiler({ children }: { children: ComponentChildren }) {
  const [shown, setShown] = useState(false);
  if (shown) return <span class="spoiler shown">{children}</span>;
  return (
    <button
      type="button"
      class="spoiler"
      aria-label={t("md.spoiler")}
      onClick={() => setShown(true)}
    >
      <span aria-hidden="true">{children}</span>
    </button>
  );
}
