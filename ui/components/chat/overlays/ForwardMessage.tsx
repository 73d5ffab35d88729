import { useMemo, useState } from "preact/hooks";
import type { Message } from "../../../../core/api/message.ts";
import { reasonOf } from "../../../lib/browser/browser_api.ts";
import { Forwarding } from "../../../lib/browser/forwarding.ts";
import { readRecent } from "../../../lib/browser/recent_places.ts";
import { t } from "../../../lib/i18n/t.ts";
import { MESSAGE_BODY_CHARS } from "../../../lib/limits.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { type ForwardTarget, forwardTargets } from "../../../lib/store/forward_targets.ts";
import { plainText } from "../../../lib/store/links.ts";
import { rankTargets } from "../../../lib/store/rank_targets.ts";
import { Icon } from "../../Icon.tsx";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";

/** Places that one message goes to at a time. */
const TARGETS_MAX = 10;
const SHOWN = 12;
const PREVIEW_CHARS = 300;

/** Where one copy is. */
type Outcome =
  | { readonly kind: "sending" | "sent" }
  | { readonly kind: "failed"; readonly reason: string };

/** Sends a copy of a message to places that are chosen by name. */
export default function ForwardMessage(
  { overlay: { message } }: { overlay: Extract<Overlay, { kind: "forward" }> },
) {
  const state = useChat();
  const forwarding = useMemo(() => new Forwarding(state, message), [message]);
  const [chosen, setChosen] = useState<readonly ForwardTarget[]>([]);
  const [comment, setComment] = useState("");
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map());
  const note = (target: ForwardTarget, outcome: Outcome) =>
    setOutcomes((held) => new Map(held).set(target.path, outcome));
  const sendTo = async (target: ForwardTarget) => {
    note(target, { kind: "sending" });
    try {
      await forwarding.send(target, comment.trim());
      note(target, { kind: "sent" });
    } catch (error) {
      note(target, { kind: "failed", reason: reasonOf(error) });
    }
  };
  const send = async () => {
    // One after another: the files of the first are there for the next.
    for (const target of chosen) await sendTo(target);
  };
  if (outcomes.size > 0) {
    return (
      <Dialog title={t("forward.title")}>
        <Outcomes chosen={chosen} outcomes={outcomes} onAgain={sendTo} />
      </Dialog>
    );
  }
  return (
    <Dialog title={t("forward.title")}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (chosen.length > 0) void send();
        }}
      >
        <TargetPicker message={message} chosen={chosen} onChoose={setChosen} />
        <Preview message={message} />
        <label class="field">
          <span class="label">{t("forward.comment")}</span>
          <textarea
            class="area"
            rows={2}
            maxLength={MESSAGE_BODY_CHARS}
            value={comment}
            onInput={(event) => setComment(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="button primary wide" disabled={chosen.length === 0}>
          {t("forward.send", { n: chosen.length })}
        </button>
      </form>
    </Dialog>
  );
}

function Preview({ message }: { message: Message }) {
  const state = useChat();
  const text = plainText(state, message.body.slice(0, PREVIEW_CHARS));
  return (
    <section class="stack-tight" aria-label={t("forward.preview")}>
      <blockquote class="forward-preview">
        {text !== "" && <p class="clip">{text}</p>}
        {message.media.length > 0 && (
          <p class="small muted">
            {t("forward.files", { n: message.media.length })}
            {`: ${message.media.map(({ name }) => name).join(", ")}`}
          </p>
        )}
      </blockquote>
      <p class="hint">{t("forward.pings")}</p>
    </section>
  );
}

function TargetPicker(props: {
  message: Message;
  chosen: readonly ForwardTarget[];
  onChoose: (chosen: readonly ForwardTarget[]) => void;
}) {
  const state = useChat();
  const { message, chosen, onChoose } = props;
  const [query, setQuery] = useState("");
  const targets = useMemo(() => forwardTargets(state, message, readRecent()), []);
  const found = useMemo(() => rankTargets(targets, query).slice(0, SHOWN), [query]);
  // What was chosen stays in sight whatever is looked for next.
  const rows = [...chosen.filter((each) => !found.includes(each)), ...found];
  const isFull = chosen.length >= TARGETS_MAX;
  const toggle = (target: ForwardTarget) => {
    if (chosen.includes(target)) onChoose(chosen.filter((each) => each !== target));
    else if (!isFull) onChoose([...chosen, target]);
  };
  return (
    <>
      <label class="field">
        <span class="label">{t("forward.search")}</span>
        <input
          class="input"
          type="search"
          placeholder={t("forward.searchHint")}
          autocomplete="off"
          spellcheck={false}
          value={query}
          autofocus
          onInput={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            const first = found[0];
            // Without letters there is nothing to take the first of: the form is sent.
            if (event.key !== "Enter" || event.isComposing || query === "" || !first) return;
            event.preventDefault();
            toggle(first);
            setQuery("");
          }}
        />
      </label>
      <ul class="forward-list" aria-label={t("forward.search")}>
        {rows.map((target) => (
          <li key={target.path}>
            <label class="check">
              <input
                type="checkbox"
                checked={chosen.includes(target)}
                disabled={isFull && !chosen.includes(target)}
                onChange={() => toggle(target)}
              />
              <Icon name={target.icon} />
              <span class="clip strong">{target.text}</span>
              <span class="tiny faint clip grow end-text">{target.detail}</span>
            </label>
          </li>
        ))}
      </ul>
      <p class="hint" role="status">
        {found.length === 0 ? t("forward.none") : isFull && t("forward.most", { n: TARGETS_MAX })}
      </p>
    </>
  );
}

/** What became of each copy, and the way there. */
function Outcomes(props: {
  chosen: readonly ForwardTarget[];
  outcomes: ReadonlyMap<string, Outcome>;
  onAgain: (target: ForwardTarget) => Promise<void>;
}) {
  const state = useChat();
  const close = () => state.overlay.value = null;
  return (
    <>
      <ul class="stack-tight" role="status">
        {props.chosen.map((target) => {
          const outcome = props.outcomes.get(target.path) ?? { kind: "sending" };
          return (
            <li key={target.path} class="row wrap">
              <Icon name={target.icon} />
              <span class="grow">
                <span class="strong">{target.text}</span>
                {outcome.kind === "failed"
                  ? <span class="block field-error">{outcome.reason}</span>
                  : <span class="block small muted">{t(`forward.${outcome.kind}`)}</span>}
              </span>
              {outcome.kind === "failed" && (
                <button
                  type="button"
                  class="button"
                  onClick={() => void props.onAgain(target)}
                >
                  {t("forward.again")}
                </button>
              )}
              {outcome.kind === "sent" && (
                <a class="button" href={target.path} onClick={close}>
                  {t("forward.go", { name: target.text })}
                </a>
              )}
            </li>
          );
        })}
      </ul>
      <div class="row end">
        <button type="button" class="button primary" autofocus onClick={close}>{t("close")}</button>
      </div>
    </>
  );
}
