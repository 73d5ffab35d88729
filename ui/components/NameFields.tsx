import { t } from "../lib/i18n/t.ts";
import { Field } from "./Field.tsx";

/** What a new account is called: its user name on this server, and what people see. */
export function NameFields(props: {
  serverName: string;
  userName: string;
  displayName: string;
  displayNameHint?: string;
  /** The name of the field that has the focus; absent: the user name. */
  focused?: string;
  /** What is wrong with a field. */
  faultOf: (field: string) => string | undefined;
}) {
  return (
    <>
      <Field
        name="user_name"
        label={t("field.userName")}
        value={props.userName}
        hint={t("field.userNameHint")}
        error={props.faultOf("user_name")}
        autocomplete="username"
        spellcheck={false}
        after={`@${props.serverName}`}
        maxlength={32}
        autofocus={(props.focused ?? "user_name") === "user_name"}
        required
      />
      <Field
        name="display_name"
        label={t("field.displayName")}
        value={props.displayName}
        hint={props.displayNameHint}
        error={props.faultOf("display_name")}
        autocomplete="nickname"
        autofocus={props.focused === "display_name"}
        maxlength={64}
      />
    </>
  );
}
