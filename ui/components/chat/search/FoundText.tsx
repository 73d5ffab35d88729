import type { ComponentChildren } from "preact";
import { mentionText } from "../../../../core/event/plain_text.ts";
import type { SearchQuery } from "../../../../core/search/query.ts";
import { t } from "../../../lib/i18n/t.ts";
import { runsOf, type RunStyle } from "../../../lib/md/runs.ts";
import { markedRuns } from "../../../lib/search/marks.ts";
import type { ChatState } from "../../../lib/store/chat.ts";
import { mentionedNames } from "../../../lib/store/links.ts";

/**
 * A message that was found, on a line or two as it reads, with what was looked for marked in it. It
 * stands in a link: nothing in it can be pressed, and a spoiler stays closed.
 */
export function FoundText(
  { source, query, state }: { source: string; query: SearchQuery; state: ChatState },
) {
  const names = mentionedNames(state);
  const runs = runsOf(source, (mention) => mentionText(mention, names));
  return (
    <>
      {markedRuns(runs, query).map(({ text, styles, marked }, at) => (
        <span key={at}>
          {styles.reduceRight<ComponentChildren>(
            (inner, style) => drawn(style, inner),
            marked ? <mark>{text}</mark> : text,
          )}
        </span>
      ))}
    </>
  );
}

function drawn(style: RunStyle, inner: ComponentChildren) {
  if (style !== "spoiler") {
    const Tag = style;
    return <Tag>{inner}</Tag>;
  }
  return (
    <>
      <span class="sr">{t("media.spoilerShort")}</span>
      <span class="spoiler" aria-hidden="true">
        <span>{inner}</span>
      </span>
    </>
  );
}
