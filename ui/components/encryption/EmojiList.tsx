import { emojiName } from "../../lib/encryption/emoji_name.ts";
import { t } from "../../lib/i18n/t.ts";

/** Seven pictures with their names: who does not see them, or sees other ones, reads the names. */
export function EmojiList(
  { emoji }: { emoji: readonly { readonly emoji: string; readonly name: string }[] },
) {
  return (
    <ol class="emoji-seven" aria-label={t("e2ee.verify.list")}>
      {emoji.map((each, at) => (
        <li key={at}>
          <span class="emoji" aria-hidden="true">{each.emoji}</span>
          <span class="small">{emojiName(each.name)}</span>
        </li>
      ))}
    </ol>
  );
}
