import { commandOf, usageOf } from "../../lib/commands/commands.ts";
import { t } from "../../lib/i18n/t.ts";

/** How a typed command is written, and what it does. */
export default function CommandHint({ text }: { text: string }) {
  const command = commandOf(text);
  if (!command) return null;
  return (
    <p class="composer-hint" id="command-hint">
      <code>{usageOf(command, (key) => t(key))}</code> <span class="faint">{t(command.about)}</span>
    </p>
  );
}
