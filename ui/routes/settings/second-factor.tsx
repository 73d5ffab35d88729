import { AccountPage } from "../../components/AccountPage.tsx";
import { CodeField } from "../../components/CodeField.tsx";
import { Field } from "../../components/Field.tsx";
import { ActForm } from "../../components/FormParts.tsx";
import { Notice } from "../../components/Notice.tsx";
import CopyText from "../../islands/CopyText.tsx";
import { ApiError } from "../../lib/api/request.ts";
import type { CallResult } from "../../lib/api/types.ts";
import { readTimeZone } from "../../lib/time_zone.ts";
import { type Act, formPage } from "../../lib/form_page.ts";
import { text } from "../../lib/forms.ts";
import { formatFull } from "../../lib/format/time.ts";
import { errorText } from "../../lib/i18n/error_text.ts";
import { t } from "../../lib/i18n/t.ts";
import { qrPath } from "../../lib/qr_path.ts";
import { define } from "../../utils.ts";

/** What an act shows once: a secret to take into an app, or a set of recovery codes. */
type Told =
  | { readonly secret: string; readonly uri: string; readonly error: string | null }
  | { readonly codes: readonly string[] };

const tell = (told: Told) => ({ tell: JSON.stringify(told) });

const confirm: Act = async (ctx, form) => {
  try {
    const { recovery_codes: codes } = await ctx.state.api.call("confirmTotp", {
      body: { code: text(form, "code") },
    });
    return tell({ codes });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "bad_code") throw error;
    // The page knows the secret from its own form alone: the server does not show it again.
    return tell({ secret: text(form, "secret"), uri: text(form, "uri"), error: errorText(error) });
  }
};

/** Without a password the API asks for a confirmation, and the page for the way to give it. */
function passwordIn(form: FormData): { password?: string } {
  return form.has("password") ? { password: text(form, "password") } : {};
}

export const handler = define.handlers(formPage(
  async (ctx) => {
    ctx.state.title = t("twoStep.title");
    const [self, factor] = await Promise.all([
      ctx.state.api.call("getAccount"),
      ctx.state.api.call("getSecondFactor"),
    ]);
    return { self, factor, timeZone: readTimeZone(ctx.req) };
  },
  {
    async begin(ctx, form) {
      const made = await ctx.state.api.call("beginTotp", {
        body: passwordIn(form),
      });
      return tell({ ...made, error: null });
    },
    confirm,
    async renew(ctx, form) {
      const { recovery_codes: codes } = await ctx.state.api.call("renewRecoveryCodes", {
        body: { ...passwordIn(form), code: text(form, "code") },
      });
      return tell({ codes });
    },
    async remove(ctx, form) {
      await ctx.state.api.call("removeTotp", {
        body: { ...passwordIn(form), code: text(form, "code") },
      });
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => {
  const told = data.note.told === null ? undefined : JSON.parse(data.note.told) as Told;
  return (
    <AccountPage
      state={state}
      heading={t("twoStep.title")}
      lead={t("twoStep.lead")}
      admin={data.self.admin}
      here="/settings/second-factor"
      note={data.note}
    >
      {told === undefined
        ? data.factor.totp
          ? <TurnedOn factor={data.factor} timeZone={data.timeZone} />
          : (
            <ActForm act="begin">
              {data.factor.password && <Password id="f-password" />}
              <div>
                <button class="button primary" type="submit">{t("twoStep.begin")}</button>
              </div>
            </ActForm>
          )
        : "codes" in told
        ? <RecoveryCodes codes={told.codes} />
        : <SetUp {...told} />}
    </AccountPage>
  );
});

function Password({ id }: { id: string }) {
  return (
    <Field
      name="password"
      id={id}
      type="password"
      label={t("field.currentPassword")}
      autocomplete="current-password"
      required
    />
  );
}

function SetUp({ secret, uri, error }: { secret: string; uri: string; error: string | null }) {
  const { path, size } = qrPath(uri);
  return (
    <ActForm act="confirm">
      <input type="hidden" name="secret" value={secret} />
      <input type="hidden" name="uri" value={uri} />
      <p>{t("twoStep.scan")}</p>
      <div class="qr" role="img" aria-label={t("twoStep.picture")}>
        <svg viewBox={`0 0 ${size} ${size}`} shape-rendering="crispEdges">
          <path d={path} />
        </svg>
      </div>
      <p>
        {t("twoStep.key")} <span class="mono break code-text">{secret}</span>
      </p>
      <Field
        name="code"
        label={t("twoStep.code")}
        hint={t("twoStep.codeHint")}
        error={error ?? undefined}
        autocomplete="one-time-code"
        inputmode="numeric"
        maxlength={20}
        spellcheck={false}
        autofocus
        required
      />
      <div class="row">
        <button class="button primary" type="submit">{t("twoStep.confirm")}</button>
        <a class="button quiet" href="/settings/second-factor">{t("cancel")}</a>
      </div>
    </ActForm>
  );
}

function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  return (
    <section class="stack">
      <h2>{t("twoStep.codesTitle")}</h2>
      <Notice kind="warn" icon="key">{t("twoStep.codesText")}</Notice>
      <ul class="card mono code-list">
        {codes.map((code) => <li key={code}>{code}</li>)}
      </ul>
      <CopyText text={codes.join("\n")} />
      <div>
        <a class="button primary" href="/settings/second-factor">{t("twoStep.done")}</a>
      </div>
    </section>
  );
}

function TurnedOn(
  { factor, timeZone }: {
    factor: CallResult<"getSecondFactor">;
    timeZone: ReturnType<typeof readTimeZone>;
  },
) {
  return (
    <>
      <p>
        {factor.since_ts !== null &&
          t("twoStep.on", { when: formatFull(factor.since_ts, timeZone) })}{" "}
        {t("twoStep.left", { n: factor.recovery_codes_left })}
      </p>
      <Guarded act="renew" danger={false} password={factor.password} />
      <Guarded act="remove" danger password={factor.password} />
    </>
  );
}

/** A form that takes the password, where there is one, and a code. */
function Guarded(
  { act, danger, password }: {
    act: "renew" | "remove";
    danger: boolean;
    password: boolean;
  },
) {
  return (
    <section class="stack">
      <div>
        <h2>{t(act === "renew" ? "twoStep.renewTitle" : "twoStep.removeTitle")}</h2>
        <p class="muted">{t(act === "renew" ? "twoStep.renewText" : "twoStep.removeText")}</p>
      </div>
      <ActForm act={act}>
        {password && <Password id={`f-${act}-password`} />}
        <CodeField id={`f-${act}-code`} />
        <div>
          <button class={danger ? "button danger" : "button"} type="submit">
            {t(act === "renew" ? "twoStep.renew" : "twoStep.remove")}
          </button>
        </div>
      </ActForm>
    </section>
  );
}
