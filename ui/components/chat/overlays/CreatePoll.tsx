import { useRef, useState } from "preact/hooks";
import { callApi } from "../../../lib/browser/browser_api.ts";
import { randomId } from "../../../lib/browser/random_id.ts";
import { formatDuration } from "../../../lib/format/duration.ts";
import { t } from "../../../lib/i18n/t.ts";
import { POLL_OPTIONS_MIN, POLL_QUESTION_CHARS } from "../../../lib/limits.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { placeKey } from "../../../lib/store/place.ts";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { type Answer, PollAnswers } from "../PollAnswers.tsx";
import { ActRow } from "./ActRow.tsx";
import { useSubmit } from "./use_submit.ts";

const HOUR_S = 3600;
const DURATIONS_S = [1, 4, 8, 24, 72, 168].map((hours) => hours * HOUR_S);
const DAY_S = 24 * HOUR_S;
const TWO: readonly Answer[] = [{ key: 0, text: "" }, { key: 1, text: "" }];

type AskOverlay = Extract<Overlay, { kind: "createPoll" }>;

/** Asks the people of a channel something, with answers to choose from. */
export default function CreatePoll({ overlay }: { overlay: AskOverlay }) {
  const poll = useNewPoll(overlay);
  const begun = overlay.question !== "";
  return (
    <Dialog title={t("poll.create")}>
      <form
        class="stack"
        onSubmit={(event) => event.preventDefault()}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && poll.ready) poll.ask();
        }}
      >
        <QuestionField text={poll.question} autofocus={!begun} onText={poll.setQuestion} />
        <PollAnswers answers={poll.answers} begun={begun} onChange={poll.setAnswers} />
        {poll.isDouble && <p class="field-error" role="alert">{t("poll.double")}</p>}
        <label class="check">
          <input
            type="checkbox"
            checked={poll.multiple}
            onChange={(event) => poll.setMultiple(event.currentTarget.checked)}
          />
          <span>{t("poll.multiple")}</span>
        </label>
        <DurationField openS={poll.openS} onChange={poll.setOpenS} />
        <p class="small muted">{t("poll.public")}</p>
        {poll.error && <p class="field-error" role="alert">{poll.error}</p>}
        <ActRow
          label={t("poll.ask")}
          disabled={poll.busy || !poll.ready}
          harmless
          onAct={poll.ask}
        />
      </form>
    </Dialog>
  );
}

/** What is being asked, and the act of asking it. Answers left empty are left out. */
function useNewPoll({ place, question: begun }: AskOverlay) {
  const state = useChat();
  const [question, setQuestion] = useState(begun);
  const [answers, setAnswers] = useState(TWO);
  const [multiple, setMultiple] = useState(false);
  const [openS, setOpenS] = useState<number | null>(DAY_S);
  // The same again is the same poll, however often it is tried.
  const nonce = useRef(randomId());
  const { busy, error, run } = useSubmit();
  const options = answers.map(({ text }) => text.trim()).filter((text) => text !== "");
  const isDouble = new Set(options).size < options.length;
  const ask = () =>
    void run(async () => {
      await callApi("createPoll", {
        params: { room_id: place.roomId },
        body: {
          channel_id: place.channelId,
          ...(place.root === undefined ? {} : { thread_id: place.root }),
          question: question.trim(),
          options,
          multiple,
          open_s: openS,
          nonce: nonce.current,
        },
      });
      state.anchors.set(placeKey(place), "present");
      state.overlay.value = null;
    });
  return {
    question,
    setQuestion,
    answers,
    setAnswers,
    multiple,
    setMultiple,
    openS,
    setOpenS,
    isDouble,
    ready: question.trim() !== "" && options.length >= POLL_OPTIONS_MIN && !isDouble,
    ask,
    busy,
    error,
  };
}

function QuestionField({ text, autofocus, onText }: {
  text: string;
  autofocus: boolean;
  onText: (text: string) => void;
}) {
  const left = POLL_QUESTION_CHARS - text.length;
  return (
    <div class="field">
      <label for="poll-question">{t("poll.question")}</label>
      <input
        id="poll-question"
        class="input"
        value={text}
        maxLength={POLL_QUESTION_CHARS}
        autocomplete="off"
        autofocus={autofocus}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      {left <= POLL_QUESTION_CHARS / 5 && (
        <p class="hint" role="status">{t("poll.charsLeft", { n: left })}</p>
      )}
    </div>
  );
}

function DurationField({ openS, onChange }: {
  openS: number | null;
  onChange: (openS: number | null) => void;
}) {
  return (
    <div class="field">
      <label for="poll-open">{t("poll.open")}</label>
      <select
        id="poll-open"
        class="select"
        value={String(openS ?? "")}
        onChange={({ currentTarget: { value } }) => onChange(value === "" ? null : Number(value))}
      >
        {DURATIONS_S.map((seconds) => (
          <option key={seconds} value={seconds}>{formatDuration(seconds)}</option>
        ))}
        <option value="">{t("poll.noEnd")}</option>
      </select>
    </div>
  );
}
