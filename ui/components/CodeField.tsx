import { t } from "../lib/i18n/t.ts";
import { Field } from "./Field.tsx";

/** Where a code of the authenticator app, or a recovery code, is typed. */
export function CodeField(
  props: { name?: string; id?: string; error?: string | undefined; autofocus?: boolean },
) {
  return (
    <Field
      name="code"
      {...props}
      label={t("twoStep.code")}
      hint={t("twoStep.anyCodeHint")}
      autocomplete="one-time-code"
      maxlength={40}
      spellcheck={false}
      required
    />
  );
}
