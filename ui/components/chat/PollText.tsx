import type { Poll } from "../../../core/api/poll.ts";
import { t } from "../../lib/i18n/t.ts";

/** A poll before its script is here, and without scripts: what is asked and how it stands. */
export function PollText({ poll }: { poll: Poll }) {
  return (
    <div class="poll">
      <p class="poll-question">{poll.question}</p>
      <ul>
        {poll.options.map(({ text, votes }, at) => (
          <li key={at} class="poll-option">
            <span class="grow">{text}</span>
            <span class="poll-votes">{votes}</span>
          </li>
        ))}
      </ul>
      <p class="poll-foot">{t("poll.people", { n: poll.voters })}</p>
    </div>
  );
}
