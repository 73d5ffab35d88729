import { useId, useState } from "preact/hooks";
import type { Message } from "../../../core/api/message.ts";
import type { Poll } from "../../../core/api/poll.ts";
import { isPollOver } from "../../../core/rules/poll_over.ts";
import { castVote } from "../../lib/browser/polls.ts";
import { formatFull, formatRelative } from "../../lib/format/time.ts";
import { t } from "../../lib/i18n/t.ts";
import { mayVote } from "../../lib/store/poll_rights.ts";
import { useChat } from "./chat_context.ts";

const CHOOSES = /^(Arrow\w+| |Enter)$/;

interface PollProps {
  readonly message: Message;
  readonly poll: Poll;
}

/** A poll: its answers to choose from, how often each was chosen, and what time is left. */
export default function LivePoll({ message, poll }: PollProps) {
  const state = useChat();
  // What is chosen here and not cast yet; otherwise what counts.
  const [draft, setDraft] = useState<readonly number[] | null>(null);
  const [busy, setBusy] = useState(false);
  // The same poll can be shown twice, beside its thread.
  const name = useId();
  const over = isPollOver(poll, state.now.value);
  const open = !over && mayVote(state, message);
  const chosen = open && draft ? draft : poll.chosen;
  const choose = (at: number, on: boolean) =>
    setDraft(poll.multiple ? [...chosen.filter((each) => each !== at), ...on ? [at] : []] : [at]);
  const cast = async (choices: readonly number[]) => {
    if (busy) return;
    setBusy(true);
    if (await castVote(state, message, choices)) setDraft(null);
    setBusy(false);
  };
  return (
    <fieldset
      class={over ? "poll over" : "poll"}
      // What chooses here moves no row and does nothing to the message.
      onKeyDown={(event) => CHOOSES.test(event.key) && event.stopPropagation()}
    >
      <legend class="poll-question">
        <span class="sr">{`${t("poll.one")}: `}</span>
        {poll.question}
      </legend>
      <ul>
        {poll.options.map((_, at) => (
          <Option
            key={at}
            poll={poll}
            at={at}
            name={name}
            checked={chosen.includes(at)}
            over={over}
            disabled={!open || busy}
            onChange={(on) => choose(at, on)}
          />
        ))}
      </ul>
      <div class="poll-foot">
        {open && <CastButton poll={poll} chosen={chosen} busy={busy} onCast={cast} />}
        <button
          type="button"
          class="poll-link"
          onClick={() => state.overlay.value = { kind: "voters", message }}
        >
          {t("poll.people", { n: poll.voters })}
        </button>
        <TimeLeft poll={poll} over={over} />
      </div>
    </fieldset>
  );
}

function Option(props: {
  poll: Poll;
  at: number;
  name: string;
  checked: boolean;
  over: boolean;
  disabled: boolean;
  onChange: (on: boolean) => void;
}) {
  const { poll, at, over } = props;
  const { text = "", votes = 0 } = poll.options[at] ?? {};
  const share = poll.voters === 0 ? 0 : Math.round(100 * votes / poll.voters);
  const leads = over && votes > 0 && poll.options.every((option) => option.votes <= votes);
  const Row = over ? "div" : "label";
  return (
    <li>
      <Row class={leads ? "poll-option leads" : "poll-option"}>
        <svg class="poll-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
          <rect width={share} height="1" />
        </svg>
        {!over && (
          <input
            type={poll.multiple ? "checkbox" : "radio"}
            name={props.name}
            checked={props.checked}
            disabled={props.disabled}
            onChange={(event) => props.onChange(event.currentTarget.checked)}
          />
        )}
        <span class="grow">{text}</span>
        {poll.chosen.includes(at) && <span class="tag accent">{t("poll.yours")}</span>}
        <span class="poll-share" aria-hidden="true">{t("poll.share", { n: share })}</span>
        <span class="poll-votes">
          <span aria-hidden="true">{votes}</span>
          <span class="sr">
            {t("poll.votes", { n: votes, share })}
            {leads && `, ${t("poll.leads")}`}
          </span>
        </span>
      </Row>
    </li>
  );
}

/** Casts what is chosen; where that is cast already, or nothing, it takes the vote back. */
function CastButton(props: {
  poll: Poll;
  chosen: readonly number[];
  busy: boolean;
  onCast: (choices: readonly number[]) => void;
}) {
  const { poll, chosen, busy, onCast } = props;
  const voted = poll.chosen.length > 0;
  const same = chosen.length === poll.chosen.length &&
    chosen.every((each) => poll.chosen.includes(each));
  const back = voted && (same || chosen.length === 0);
  return (
    <button
      type="button"
      class={back ? "button small" : "button small primary"}
      disabled={busy || !voted && same}
      onClick={() => onCast(back ? [] : chosen)}
    >
      {t(back ? "poll.takeBack" : voted ? "poll.change" : "poll.vote")}
    </button>
  );
}

function TimeLeft({ poll, over }: { poll: Poll; over: boolean }) {
  const state = useChat();
  const endTs = poll.ended_ts ?? poll.ends_ts;
  if (endTs === null) return null;
  // A minute that has begun is one that is left.
  const time = formatRelative(endTs + 59_999, state.now.value);
  return (
    <span class="faint" title={formatFull(endTs, state.timeZone.value)}>
      {over ? t("poll.over") : t("poll.ends", { time })}
    </span>
  );
}
