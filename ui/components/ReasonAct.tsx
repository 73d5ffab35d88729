import { t } from "../lib/i18n/t.ts";
import { ActForm } from "./FormParts.tsx";

/** One measure with its reason: a line with a button. */
export function ReasonAct(props: {
  act: string;
  label: string;
  /** Goes along as `on`. */
  value?: string;
}) {
  return (
    <ActForm act={props.act} class="row form-line">
      {props.value !== undefined && <input type="hidden" name="on" value={props.value} />}
      <div class="grow">
        <label class="sr" for={`reason-${props.act}`}>{t("moderate.reason")}</label>
        <input
          class="input"
          id={`reason-${props.act}`}
          name="reason"
          placeholder={t("moderate.reason")}
          maxLength={500}
        />
      </div>
      <button class="button danger" type="submit">{props.label}</button>
    </ActForm>
  );
}
