import type { Completion } from "../../lib/browser/use_completion.ts";
import { t } from "../../lib/i18n/t.ts";
import { Avatar } from "../Avatar.tsx";
import { EmojiPicture } from "./EmojiPicture.tsx";

export function Completions({ completion }: { completion: Completion }) {
  const { list, at } = completion;
  if (list.length === 0) return null;
  return (
    <ul class="completions" id="completions" role="listbox" aria-label={t("composer.suggestions")}>
      {list.map((entry, i) => (
        <li
          key={entry.key}
          id={`completion-${i}`}
          role="option"
          aria-selected={i === at ? "true" : "false"}
          class={i === at ? "completion on" : "completion"}
          onPointerMove={() => completion.hover(i)}
          onPointerDown={(event) => {
            event.preventDefault();
            completion.take(i);
          }}
        >
          {entry.emoji && <span class="emoji">{entry.emoji}</span>}
          {entry.picture && (
            <span class="emoji" aria-hidden="true">
              <EmojiPicture emoji={entry.picture} />
            </span>
          )}
          {entry.user && (
            <Avatar id={entry.user.id} name={entry.label} uri={entry.user.avatar} size="s" />
          )}
          <span class="strong clip">{entry.label}</span>
          <span class="tiny muted clip grow">{entry.detail}</span>
        </li>
      ))}
    </ul>
  );
}
