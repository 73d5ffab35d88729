import { useState } from "preact/hooks";
import { takesOver } from "../../lib/browser/hydrate_later.ts";
import { askUploadLimit } from "../../lib/browser/uploads.ts";
import { isEncrypted } from "../../lib/browser/privacy.ts";
import { mentionNames } from "../../lib/browser/mention_names.ts";
import { useLazy } from "../../lib/browser/use_lazy.ts";
import { useSelected } from "../../lib/browser/use_selected.ts";
import { encodeMentions } from "../../lib/md/mention_text.ts";
import { type ComposerApi, useComposer } from "../../lib/browser/use_composer.ts";
import { authorOf } from "../../lib/format/author.ts";
import { threadPath } from "../../lib/format/paths.ts";
import { formatSize } from "../../lib/format/size.ts";
import { t } from "../../lib/i18n/t.ts";
import { MESSAGE_BODY_CHARS } from "../../lib/limits.ts";
import { plainText } from "../../lib/store/links.ts";
import { pathOf, placeKey, type TalkPlace } from "../../lib/store/place.ts";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";
import { Completions } from "./Completions.tsx";
import { drawMention, mayCallEveryone } from "./mention.tsx";
import { Markdown } from "./Markdown.tsx";
import { EmojiButton } from "./EmojiButton.tsx";
import { TypingLine } from "./TypingLine.tsx";

const COUNTER_FROM = MESSAGE_BODY_CHARS - 400;

interface ComposerProps {
  place: TalkPlace;
  placeholder: string;
  /** Why nothing can be written here; null where it can. */
  blocked: string | null;
  canAttach: boolean;
  slowModeS: number;
}

/** Where a message is written. Without scripts it is a plain form. */
export function Composer(props: ComposerProps) {
  const state = useChat();
  const { root } = props.place;
  if (state.selection.value?.key === placeKey(props.place)) return <ChosenMessages />;
  if (props.blocked !== null) {
    return (
      <div class="composer-blocked">
        <Icon name="lock" small /> {props.blocked}
      </div>
    );
  }
  return (
    <form
      class="composer"
      method="post"
      action={root === undefined
        ? pathOf(state.known, props.place)
        : threadPath(pathOf(state.known, props.place), root)}
      aria-label={t(root === undefined ? "composer.label" : "thread.composer")}
      onSubmit={(event) => event.preventDefault()}
    >
      {state.props.formError && (root !== undefined) === (state.props.thread !== undefined) && (
        <p class="field-error" role="alert">{state.props.formError}</p>
      )}
      <ComposerBox {...props} />
    </form>
  );
}

function ComposerBox({ place, placeholder, canAttach, slowModeS }: ComposerProps) {
  const state = useChat();
  const composer = useComposer(state, place, slowModeS);
  const { mode, uploads, text } = composer;
  const [preview, setPreview] = useState(false);
  return (
    <>
      <div class="composer-box" ref={composer.box}>
        <Completions completion={composer.completion} />
        <ModeLine composer={composer} />
        {composer.problem !== null && (
          <p class="composer-problem" role="alert">
            <Icon name="warning" small /> {composer.problem}
          </p>
        )}
        {text.startsWith("/") && mode.edit === null && <CommandHint text={text} />}
        {uploads.items.length > 0 && <ChosenFiles uploads={uploads} />}
        {composer.isDue && <p class="composer-due" role="status">{t("upload.due")}</p>}
        {preview && text.trim() !== "" && <Preview text={text} />}
        <ComposerRow
          place={place}
          composer={composer}
          placeholder={placeholder}
          canAttach={canAttach}
          preview={preview}
          onPreview={() => setPreview(!preview)}
        />
      </div>
      <TypingLine place={place} slowModeS={slowModeS} slowLeftS={composer.slowLeftS} />
    </>
  );
}

/** The message as it will be read. */
function Preview({ text }: { text: string }) {
  const state = useChat();
  return (
    <section class="composer-preview" aria-label={t("composer.preview")}>
      <Markdown
        source={encodeMentions(text, mentionNames(state))}
        mention={(token) =>
          drawMention(state, token, { everyone: mayCallEveryone(state, state.place.value) })}
      />
    </section>
  );
}

/** In place of the box while messages are chosen. */
function ChosenMessages() {
  const Bar = useLazy(true, () => import("./SelectionBar.tsx"));
  return Bar ? <Bar /> : null;
}

/** What is attached; its script comes with the first file. */
function ChosenFiles({ uploads }: { uploads: ComposerApi["uploads"] }) {
  const List = useLazy(true, () => import("./UploadList.tsx"));
  return List ? <List uploads={uploads} /> : null;
}

/** What can be done to words that are selected. */
function Formatting({ area }: { area: ComposerApi["area"] }) {
  const Bar = useLazy(true, () => import("./FormatBar.tsx"));
  return Bar ? <Bar area={area} /> : null;
}

/** How the command that is being typed goes on. */
function CommandHint({ text }: { text: string }) {
  const Hint = useLazy(true, () => import("./CommandHint.tsx"));
  return Hint ? <Hint text={text} /> : null;
}

/** Characters left; mentions count as they are stored, which is longer than they are typed. */
function useRoom(text: string): number {
  const state = useChat();
  // A name of a few characters can stand for an id of many: short texts never come near.
  const near = text.length > COUNTER_FROM / 4;
  return MESSAGE_BODY_CHARS -
    (near ? encodeMentions(text.trim(), mentionNames(state)).length : text.length);
}

function ComposerRow(props: {
  place: TalkPlace;
  composer: ComposerApi;
  placeholder: string;
  canAttach: boolean;
  preview: boolean;
  onPreview: () => void;
}) {
  const { place, composer, placeholder, canAttach } = props;
  const { text, mode, uploads, completion, area } = composer;
  const room = useRoom(text);
  const selected = useSelected(area, composer.box);
  const sendable = (text.trim() !== "" || uploads.ready) && room >= 0 && !uploads.busy &&
    (composer.slowLeftS === 0 || mode.edit !== null);
  return (
    <div class="composer-row">
      {canAttach && mode.edit === null && <AttachButton onFiles={(files) => uploads.add(files)} />}
      {selected && <Formatting area={area} />}
      <textarea
        ref={area}
        class="composer-text"
        name="body"
        rows={1}
        required={!composer.live && uploads.items.length === 0}
        // Preact would empty a box in which somebody has begun to write, as it takes the page over.
        value={takesOver() ? undefined : text}
        placeholder={placeholder}
        aria-label={placeholder}
        aria-autocomplete="list"
        aria-describedby={text.startsWith("/") ? "command-hint" : undefined}
        aria-controls={completion.list.length > 0 ? "completions" : undefined}
        aria-activedescendant={completion.list.length > 0
          ? `completion-${completion.at}`
          : undefined}
        onInput={composer.onInput}
        onKeyDown={composer.onKeyDown}
        onPaste={composer.onPaste}
        onClick={composer.onCaret}
      />
      {room < MESSAGE_BODY_CHARS - COUNTER_FROM && (
        <span class={room < 0 ? "counter over" : "counter"} role="status">{room}</span>
      )}
      {text.trim() !== "" && (
        <button
          type="button"
          class="icon-button preview-toggle"
          title={t("composer.preview")}
          aria-label={t("composer.preview")}
          aria-pressed={props.preview ? "true" : "false"}
          onClick={props.onPreview}
        >
          <Icon name="eye" />
        </button>
      )}
      {mode.edit === null && <PollButton place={place} />}
      <EmojiButton label={t("emoji.title")} large onPick={composer.insert} />
      <button
        type="submit"
        class="icon-button send"
        aria-label={mode.edit ? t("save") : t("composer.send")}
        title={mode.edit ? t("save") : t("composer.send")}
        aria-disabled={composer.live && !sendable ? "true" : undefined}
        onClick={composer.submit}
      >
        <Icon name={mode.edit ? "check" : "send"} />
      </button>
    </div>
  );
}

/** Servers count votes: where they cannot read there are no polls. */
function PollButton({ place }: { place: TalkPlace }) {
  const state = useChat();
  if (isEncrypted(state, place.roomId)) return null;
  return (
    <button
      type="button"
      class="icon-button"
      title={t("poll.create")}
      aria-label={t("poll.create")}
      onClick={() => state.overlay.value = { kind: "createPoll", place, question: "" }}
    >
      <Icon name="poll" />
    </button>
  );
}

function AttachButton({ onFiles }: { onFiles: (files: Iterable<File>) => void }) {
  const [limit, setLimit] = useState<number | undefined>(undefined);
  // Before anything is chosen: what would be refused need not be looked for.
  const ask = () => void askUploadLimit().then(setLimit, () => undefined);
  const label = limit === undefined
    ? t("upload.add")
    : t("upload.addLimit", { limit: formatSize(limit) });
  return (
    <label class="icon-button attach" title={label} onPointerEnter={ask} onFocusIn={ask}>
      <Icon name="clip" />
      <span class="sr">{label}</span>
      <input
        type="file"
        multiple
        class="sr"
        onChange={(event) => {
          onFiles(event.currentTarget.files ?? []);
          event.currentTarget.value = "";
        }}
      />
    </label>
  );
}

function ModeLine({ composer }: { composer: ComposerApi }) {
  const state = useChat();
  const { mode, leaveMode } = composer;
  const message = mode.edit ?? mode.reply;
  if (!message) return null;
  return (
    <div class="composer-mode">
      <Icon name={mode.edit ? "edit" : "reply"} small />
      <span class="clip grow">
        {mode.edit ? t("composer.editing") : t("composer.replying", { name: authorOf(message) })}
        {mode.reply && <span class="faint">{plainText(state, message.body.slice(0, 120))}</span>}
      </span>
      <button type="button" class="icon-button small" aria-label={t("cancel")} onClick={leaveMode}>
        <Icon name="close" small />
      </button>
    </div>
  );
}
