import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { CodePiece } from "../../lib/md/highlight.ts";
import { t } from "../../lib/i18n/t.ts";
import { CopyButton } from "./CopyButton.tsx";

/** What of the line after the fence is the name of a language. */
const LANG = /^[\w#+.-]{1,30}/;

/** A block of code; its colors come when the grammar of its language is there. */
export function CodeBlock({ text, lang }: { text: string; lang: string }) {
  const [drawn, setDrawn] = useState<ComponentChildren>(undefined);
  useEffect(() => {
    if (lang === "") return;
    let gone = false;
    // Without colors it can be read as well: a grammar that does not come is no fault to show.
    void import("../../lib/md/highlight.ts").then(async ({ classOfScope, highlight }) => {
      const pieces = await highlight(text, lang);
      if (!gone && pieces) setDrawn(draw(pieces, classOfScope));
    }).catch(() => undefined);
    return () => {
      gone = true;
      setDrawn(undefined);
    };
  }, [text, lang]);
  const name = LANG.exec(lang)?.[0] ?? "";
  return (
    <div class="md-code">
      <div class="md-code-head">
        <span>{name}</span>
        <CopyButton text={text} />
      </div>
      <pre tabIndex={0} role="region" aria-label={t("md.code", { lang: name })}>
        <code>{drawn ?? text}</code>
      </pre>
    </div>
  );
}

function draw(
  pieces: readonly CodePiece[],
  classOf: (scope: string) => string | undefined,
): ComponentChildren {
  return pieces.map((piece, i) =>
    typeof piece === "string"
      ? piece
      : <span key={i} class={classOf(piece.scope)}>{draw(piece.pieces, classOf)}</span>
  );
}
