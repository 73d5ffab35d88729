import RevealPassword from "../islands/RevealPassword.tsx";
import { useTyped } from "../lib/typed.ts";

/** A labelled input with its hint and error, tied together for assistive technology. */
export function Field(props: {
  name: string;
  /** Where `f-` with the name is not the only one of the page. */
  id?: string;
  label: string;
  type?: "text" | "password" | "email" | "number" | "url" | "date";
  value?: string | undefined;
  hint?: string | undefined;
  error?: string | undefined;
  after?: string | undefined;
  placeholder?: string;
  autocomplete?: string;
  required?: boolean;
  autofocus?: boolean;
  maxlength?: number;
  minlength?: number;
  pattern?: string;
  spellcheck?: boolean;
  inputmode?: "numeric";
}) {
  const id = props.id ?? `f-${props.name}`;
  const typed = useTyped(props.name);
  const secret = props.type === "password" || props.autocomplete === "one-time-code";
  const hintId = `${id}-hint`;
  const described = props.hint || props.error ? hintId : undefined;
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <div class="affix">
        <input
          class="input"
          id={id}
          name={props.name}
          type={props.type ?? "text"}
          value={secret ? props.value : typed ?? props.value}
          placeholder={props.placeholder}
          autocomplete={props.autocomplete as "on" | undefined}
          required={props.required}
          autofocus={props.autofocus}
          maxLength={props.maxlength}
          minLength={props.minlength}
          pattern={props.pattern}
          inputmode={props.inputmode}
          {...(props.spellcheck === false ? { spellcheck: false } : {})}
          autocapitalize={props.spellcheck === false ? "none" : undefined}
          aria-invalid={props.error ? "true" : undefined}
          aria-describedby={described}
        />
        {props.type === "password" && <RevealPassword of={id} />}
        {props.after && <span class="after clip">{props.after}</span>}
      </div>
      {props.error
        ? <p class="field-error" id={hintId}>{props.error}</p>
        : props.hint && <p class="hint" id={hintId}>{props.hint}</p>}
    </div>
  );
}
