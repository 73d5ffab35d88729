import type { ComponentChildren } from "preact";
import { t } from "../lib/i18n/t.ts";
import { RefusedForm, type SentForm, useChecked, useTyped } from "../lib/typed.ts";

/**
 * A form of a settings page; `act` says what it does. A guarded one is watched for unsaved
 * changes: with scripts the bar at the foot of the page saves it, without them its own button.
 * `refused`: the form that was refused; where it is this one its fields come back as they were sent,
 * with or without scripts. Where one of the page has this act; never for passwords and codes.
 * A guarded form has it of the note: one that waits for who it is goes on from the question above
 * it, one that was refused is unsaved still. `true`: its fields are an island's, which fill
 * themselves again.
 */
export function ActForm(props: {
  act: string;
  class?: string;
  id?: string;
  files?: boolean;
  guard?: SentForm | true;
  action?: string;
  refused?: FormData | null;
  children: ComponentChildren;
}) {
  const note = typeof props.guard === "object" ? props.guard : undefined;
  const sent = note?.refused ?? props.refused;
  const refused = sent?.get("act") === props.act ? sent : null;
  return (
    <form
      method="post"
      action={props.action}
      id={props.id}
      class={props.class ?? "stack"}
      data-guard={props.guard ? "" : undefined}
      data-changed={note && refused && !note.confirm ? "true" : undefined}
      enctype={props.files ? "multipart/form-data" : undefined}
    >
      <input type="hidden" name="act" value={props.act} />
      <RefusedForm.Provider value={refused}>{props.children}</RefusedForm.Provider>
    </form>
  );
}

/** The button of a guarded form for those without scripts; with them the bar has it. */
export function SaveButton(props: { disabled?: boolean }) {
  return (
    <div class="plain-save">
      <button class="button primary" type="submit" disabled={props.disabled}>{t("save")}</button>
    </div>
  );
}

export function Check(props: {
  name: string;
  label: string;
  hint?: string;
  checked: boolean;
  value?: string;
  disabled?: boolean;
}) {
  const value = props.value ?? "on";
  const sent = useChecked(props.name, value);
  return (
    <label class="check">
      <input
        type="checkbox"
        id={props.value === undefined ? `f-${props.name}` : undefined}
        name={props.name}
        value={value}
        checked={props.disabled ? props.checked : sent ?? props.checked}
        disabled={props.disabled}
      />
      <span>
        <span class="strong">{props.label}</span>
        {props.hint && <span class="hint">{props.hint}</span>}
      </span>
    </label>
  );
}

/** Preact's types take a boolean, which it does not write into a page; HTML has yes and no. */
const UNTRANSLATED: Readonly<Record<string, string>> = { translate: "no" };

export function Select(props: {
  name: string;
  /** Where `f-` with the name is not the only one of the page. */
  id?: string;
  label: string;
  value: string;
  options: readonly (readonly [string, string])[];
  /** The options are names, the same in every language. */
  names?: boolean;
  hint?: string;
}) {
  const id = props.id ?? `f-${props.name}`;
  const chosen = useTyped(props.name) ?? props.value;
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <select
        class="select"
        id={id}
        name={props.name}
        {...(props.names ? UNTRANSLATED : {})}
      >
        {props.options.map(([value, label]) => (
          <option key={value} value={value} selected={value === chosen}>{label}</option>
        ))}
      </select>
      {props.hint && <p class="hint">{props.hint}</p>}
    </div>
  );
}

export function Area(props: {
  name: string;
  label: string;
  value: string;
  maxlength: number;
  hint?: string;
  rows?: number;
}) {
  const id = `f-${props.name}`;
  const value = useTyped(props.name) ?? props.value;
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <textarea
        class="area"
        id={id}
        name={props.name}
        maxLength={props.maxlength}
        rows={props.rows ?? 3}
      >
        {value}
      </textarea>
      {props.hint && <p class="hint">{props.hint}</p>}
    </div>
  );
}

/** Chooses a picture; without scripts it is sent with the form. */
export function PictureField(
  props: { name: string; id?: string; label: string; required?: boolean },
) {
  const { name, label, id = `f-${name}` } = props;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        class="file-input"
        id={id}
        name={name}
        type="file"
        required={props.required}
        accept="image/png,image/jpeg,image/webp,image/gif,image/avif"
      />
    </div>
  );
}
