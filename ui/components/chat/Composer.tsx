import { useState } from "preact/hooks";
import { askUploadLimit } from "../../lib/browser/uploads.ts";
import { type ComposerApi, useComposer } from "../../lib/browser/use_composer.ts";
import { nameOf } from "../../lib/format/names.ts";
import { formatSize } from "../../lib/format/size.ts";
import { t } from "../../lib/i18n/t.ts";
import { MESSAGE_BODY_CHARS } from "../../lib/limits.ts";
import { plainText } from "../../lib/store/links.ts";
import { pathOf, type TalkPlace } from "../../lib/store/place.ts";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";
import { Completions } from "./Completions.tsx";
import { EmojiButton } from "./EmojiButton.tsx";
import { SelectionBar } from "./SelectionBar.tsx";
import { TypingLine } from "./TypingLine.tsx";
import { UploadList } from "./UploadList.tsx";

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
  if (state.selection.value !== null) return <SelectionBar />;
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
      action={pathOf(state.known, props.place)}
      aria-label={t("composer.label")}
      onSubmit={(event) => event.preventDefault()}
    >
      {state.props.formError && <p class="field-error" role="alert">{state.props.formError}</p>}
      <ComposerBox {...props} />
      <TypingLine place={props.place} slowModeS={props.slowModeS} />
    </form>
  );
}

function ComposerBox({ place, placeholder, canAttach }: ComposerProps) {
  const composer = useComposer(useChat(), place);
  const { text, mode, uploads, completion, area } = composer;
  const over = text.length - MESSAGE_BODY_CHARS;
  const sendable = (text.trim() !== "" || uploads.ready) && over <= 0 && !uploads.busy;
  return (
    <div class="composer-box" ref={composer.box}>
      <Completions completion={completion} />
      <ModeLine composer={composer} />
      {uploads.items.length > 0 && <UploadList uploads={uploads} />}
      <div class="composer-row">
        {canAttach && mode.edit === null && (
          <AttachButton
            onFiles={(files) => uploads.add(files)}
          />
        )}
        <textarea
          ref={area}
          class="composer-text"
          name="body"
          rows={1}
          required={!composer.live && uploads.items.length === 0}
          value={text}
          placeholder={placeholder}
          aria-label={placeholder}
          aria-autocomplete="list"
          aria-controls={completion.list.length > 0 ? "completions" : undefined}
          aria-activedescendant={completion.list.length > 0
            ? `completion-${completion.at}`
            : undefined}
          onInput={composer.onInput}
          onKeyDown={composer.onKeyDown}
          onPaste={composer.onPaste}
          onClick={composer.onCaret}
        />
        {over > -(MESSAGE_BODY_CHARS - COUNTER_FROM) && (
          <span class={over > 0 ? "counter over" : "counter"} role="status">{-over}</span>
        )}
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
    </div>
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
        {mode.edit
          ? t("composer.editing")
          : t("composer.replying", { name: message.nickname ?? nameOf(message.author) })}
        {mode.reply && <span class="faint">{plainText(state, message.body.slice(0, 120))}</span>}
      </span>
      <button type="button" class="icon-button small" aria-label={t("cancel")} onClick={leaveMode}>
        <Icon name="close" small />
      </button>
    </div>
  );
}
