import type { JoinToken } from "../../core/api/account.ts";
import { t } from "../lib/i18n/t.ts";
import type { Faults } from "../lib/forms.ts";
import type { State } from "../utils.ts";
import { Avatar } from "./Avatar.tsx";
import { Field } from "./Field.tsx";
import { NameFields } from "./NameFields.tsx";
import { Area } from "./FormParts.tsx";
import { Notice } from "./Notice.tsx";

export interface RegisterData {
  code: string;
  token: JoinToken | null;
  userName: string;
  displayName: string;
  address?: string;
  why?: string;
  faults?: Faults;
}

/** In the order in which they stand. */
export const REGISTER_FIELDS = ["token", "user_name", "display_name", "password", "address"];

/** The form that makes an account: by itself, from an invite, or for the first administrator. */
export function RegisterForm({ data, state }: { data: RegisterData; state: State }) {
  const { fields = {}, rest } = data.faults ?? {};
  const of = (field: string) => fields[field];
  // Whoever has to mend something begins with the first of it.
  const focused = REGISTER_FIELDS.find((field) => fields[field] !== undefined) ?? "user_name";
  const needsCode = data.token === null && state.server.registration.mode === "token";
  return (
    <form class="stack" method="post">
      {rest && <Notice kind="error">{rest}</Notice>}
      {data.token?.guild && <GuildStrip guild={data.token.guild} />}
      {needsCode
        ? (
          <Field
            name="token"
            label={t("field.token")}
            value={data.code}
            error={of("token")}
            autofocus={focused === "token"}
            required
            spellcheck={false}
          />
        )
        : <input type="hidden" name="token" value={data.code} />}
      <NameFields
        serverName={state.server.name}
        userName={data.userName}
        displayName={data.displayName}
        displayNameHint={t("field.displayNameHint")}
        faultOf={of}
        focused={focused}
      />
      <Field
        name="password"
        type="password"
        label={t("field.password")}
        hint={t("field.passwordHint")}
        error={of("password")}
        autocomplete="new-password"
        autofocus={focused === "password"}
        required
      />
      <Beyond data={data} state={state} error={of("address")} focused={focused === "address"} />
      <button class="button primary wide" type="submit">
        {data.token?.guild && !state.server.registration.approval
          ? t("register.join", { name: data.token.guild.name })
          : t("register.submit")}
      </button>
    </form>
  );
}

function GuildStrip({ guild }: { guild: NonNullable<JoinToken["guild"]> }) {
  return (
    <div class="guild-strip">
      <Avatar id={guild.id} name={guild.name} uri={guild.icon} guild />
      <div class="grow">
        <p class="strong clip">{guild.name}</p>
        <p class="small muted">{t("members", { n: guild.member_count })}</p>
      </div>
    </div>
  );
}

/** What a server asks for beside the account: a mail address, and why somebody would like to join. */
function Beyond(
  { data, state, error, focused }: {
    data: RegisterData;
    state: State;
    error: string | undefined;
    focused: boolean;
  },
) {
  const { approval, email } = state.server.registration;
  // Whom an administrator gave a code or link is let in at once.
  const trusted = data.token !== null && data.token.kind !== "invite";
  const needed = email && data.token?.kind !== "first_administrator";
  return (
    <>
      {state.server.mail && (
        <Field
          name="address"
          type="email"
          label={t(needed ? "register.email" : "register.emailOptional")}
          value={data.address}
          hint={t("register.emailHint")}
          error={error}
          autocomplete="email"
          autofocus={focused}
          maxlength={254}
          spellcheck={false}
          required={needed}
        />
      )}
      {approval && !trusted && (
        <Area
          name="why"
          label={t("register.why")}
          hint={t("register.whyHint")}
          value={data.why ?? ""}
          maxlength={500}
        />
      )}
    </>
  );
}
