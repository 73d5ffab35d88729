import type { ComponentChildren } from "preact";
import { t } from "../lib/i18n/t.ts";
import { Field } from "./Field.tsx";
import { ActForm } from "./FormParts.tsx";

interface RowAct {
  /** Of the hidden field that says which row is meant. */
  field: string;
  id: string;
  /** What opens it, and how screen readers call that. */
  label: string;
  named: string;
}

/** Renames what a row stands for, in place. Works without scripts. */
export function RenameRow(
  { name, nameLabel, maxlength, ...row }: RowAct & {
    name: string;
    nameLabel: string;
    maxlength: number;
  },
) {
  return (
    <Folded {...row} act="rename">
      <Field
        name="name"
        id={`name-${row.id}`}
        label={nameLabel}
        value={name}
        autocomplete="off"
        maxlength={maxlength}
        required
      />
      <div>
        <button class="button small" type="submit">{t("save")}</button>
      </div>
    </Folded>
  );
}

/** Removes what a row stands for, once it was said what that means. */
export function RemoveRow({ text, sure, ...row }: RowAct & { text: string; sure: string }) {
  return (
    <Folded {...row} act="remove">
      <p class="small">{text}</p>
      <div>
        <button class="button small danger" type="submit">{sure}</button>
      </div>
    </Folded>
  );
}

/** A form below a row that opens in place. Works without scripts. */
export function Folded(
  { act, field, id, label, named, files, children }: RowAct & {
    act: string;
    files?: boolean;
    children: ComponentChildren;
  },
) {
  return (
    <details class="more-options">
      <summary aria-label={named}>{label}</summary>
      <ActForm act={act} class="stack-tight" files={files ?? false}>
        <input type="hidden" name={field} value={id} />
        {children}
      </ActForm>
    </details>
  );
}
