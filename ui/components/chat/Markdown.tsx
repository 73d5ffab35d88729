import { Soon, SoonScript } from "../../lib/browser/hydrate_later.ts";
import type { MarkdownProps } from "./MarkdownText.tsx";

/** The parser is a sixth of the chat's scripts, and what the server drew can be read without. */
export const MARKDOWN = new SoonScript<MarkdownProps>(() => import("./MarkdownText.tsx"));

/** A message's text, once what reads it is there. */
export function Markdown(props: MarkdownProps) {
  return <Soon script={MARKDOWN} of={props} plain={props.source} />;
}
