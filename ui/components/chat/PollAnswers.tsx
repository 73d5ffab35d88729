import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../../lib/i18n/t.ts";
import { POLL_OPTION_CHARS, POLL_OPTIONS_MAX, POLL_OPTIONS_MIN } from "../../lib/limits.ts";
import { Icon } from "../Icon.tsx";

/** An answer in the making; its key keeps the field when it is moved. */
export interface Answer {
  readonly key: number;
  readonly text: string;
}

interface AnswersProps {
  readonly answers: readonly Answer[];
  /** The question stands already: it begins with the first answer. */
  readonly begun: boolean;
  readonly onChange: (answers: readonly Answer[]) => void;
}

/** The answers of a poll in the making: more and fewer of them, in another order. */
export function PollAnswers({ answers, begun, onChange }: AnswersProps) {
  const { list, add, remove, swap, next } = useAnswers({ answers, onChange });
  const full = answers.length >= POLL_OPTIONS_MAX;
  return (
    <fieldset class="stack-tight">
      <legend class="label">{t("poll.options")}</legend>
      <ol class="stack-tight poll-answers-list" ref={list}>
        {answers.map((answer, at) => (
          <li key={answer.key} class="poll-answer">
            <AnswerField
              answer={answer}
              at={at}
              autofocus={begun && at === 0}
              onText={(text) =>
                onChange(
                  answers.map((each) => each.key === answer.key ? { ...each, text } : each),
                )}
              onNext={() => next(at)}
            />
            <AnswerTools
              at={at}
              count={answers.length}
              onMove={(by) => swap(at, by)}
              onRemove={() => remove(at)}
            />
          </li>
        ))}
      </ol>
      <div class="row">
        <button type="button" class="button small" disabled={full} onClick={add}>
          <Icon name="plus" small /> {t("poll.addOption")}
        </button>
        <span class="hint">{t("poll.count", { n: answers.length, max: POLL_OPTIONS_MAX })}</span>
      </div>
    </fieldset>
  );
}

/** What can be done to the list, and where the focus goes with it. */
function useAnswers({ answers, onChange }: Omit<AnswersProps, "begun">) {
  const list = useRef<HTMLOListElement>(null);
  /** The answer whose field has the focus once it is drawn. */
  const [wanted, setWanted] = useState<number | undefined>(undefined);
  // Before the next key is typed.
  useLayoutEffect(() => {
    if (wanted === undefined) return;
    list.current?.querySelector<HTMLElement>(`[data-answer="${wanted}"]`)?.focus();
    setWanted(undefined);
  }, [wanted]);
  const add = () => {
    if (answers.length >= POLL_OPTIONS_MAX) return;
    const key = Math.max(...answers.map((answer) => answer.key)) + 1;
    onChange([...answers, { key, text: "" }]);
    setWanted(key);
  };
  const remove = (at: number) => {
    onChange(answers.filter((_, each) => each !== at));
    setWanted((answers[at + 1] ?? answers[at - 1])?.key);
  };
  const swap = (at: number, by: number) => {
    const [one, other] = [answers[at], answers[at + by]];
    if (!one || !other) return;
    onChange(answers.map((each) => each === one ? other : each === other ? one : each));
  };
  const next = (at: number) => {
    const following = answers[at + 1];
    if (following) setWanted(following.key);
    else if (answers[at]?.text.trim() !== "") add();
  };
  return { list, add, remove, swap, next };
}

/** Enter goes on to the next answer. */
function AnswerField({ answer, at, autofocus, onText, onNext }: {
  answer: Answer;
  at: number;
  autofocus: boolean;
  onText: (text: string) => void;
  onNext: () => void;
}) {
  const name = t("poll.option", { n: at + 1 });
  return (
    <input
      class="input grow"
      data-answer={answer.key}
      value={answer.text}
      maxLength={POLL_OPTION_CHARS}
      autocomplete="off"
      autofocus={autofocus}
      aria-label={name}
      placeholder={name}
      onInput={(event) => onText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        onNext();
      }}
    />
  );
}

function AnswerTools({ at, count, onMove, onRemove }: {
  at: number;
  count: number;
  onMove: (by: number) => void;
  onRemove: () => void;
}) {
  const tools = [
    { icon: "up", label: "poll.optionUp", off: at === 0, act: () => onMove(-1) },
    { icon: "down", label: "poll.optionDown", off: at === count - 1, act: () => onMove(1) },
    { icon: "close", label: "poll.optionGone", off: count <= POLL_OPTIONS_MIN, act: onRemove },
  ] as const;
  return (
    <>
      {tools.map(({ icon, label, off, act }) => (
        <button
          key={icon}
          type="button"
          class="icon-button small"
          aria-label={t(label, { n: at + 1 })}
          title={t(label, { n: at + 1 })}
          disabled={off}
          onClick={act}
        >
          <Icon name={icon} small />
        </button>
      ))}
    </>
  );
}
