import { ACCESS_TOKENS, type AccessToken } from "../../../core/api/access_tokens.ts";
import { TokenScope } from "../../../core/api/scopes.ts";
import { AccountPage } from "../../components/AccountPage.tsx";
import { Field } from "../../components/Field.tsx";
import { ActForm, Check, Select } from "../../components/FormParts.tsx";
import { Icon } from "../../components/Icon.tsx";
import { Notice } from "../../components/Notice.tsx";
import { RemoveRow } from "../../components/RowActs.tsx";
import CopyText from "../../islands/CopyText.tsx";
import { ApiError } from "../../lib/api/request.ts";
import { formPage } from "../../lib/form_page.ts";
import { text } from "../../lib/forms.ts";
import { formatRelative } from "../../lib/format/time.ts";
import { t } from "../../lib/i18n/t.ts";
import { define } from "../../utils.ts";

const DAY_MS = 86_400_000;
const LIVES = ["30", "90", "365", "date", "never"] as const;

/** What is shown once. */
interface Told {
  readonly token: string;
  readonly name: string;
}

export const handler = define.handlers(formPage(
  async (ctx) => {
    ctx.state.title = t("apiToken.title");
    const [self, { tokens }] = await Promise.all([
      ctx.state.api.call("getAccount"),
      ctx.state.api.call("listAccessTokens"),
    ]);
    return { self, tokens };
  },
  {
    async create(ctx, form) {
      const chosen = form.getAll("scope");
      const scopes = TokenScope.options.filter((scope) => chosen.includes(scope));
      if (scopes.length === 0) throw new ApiError(400, "invalid", t("apiToken.noScope"));
      const { token, details } = await ctx.state.api.call("createAccessToken", {
        body: { name: text(form, "name"), scopes, expires_ts: endOf(form, ctx.state.nowMs) },
      });
      return { tell: JSON.stringify({ token, name: details.name } satisfies Told) };
    },
    async remove(ctx, form) {
      await ctx.state.api.call("revokeAccessToken", { params: { token_id: text(form, "token") } });
    },
  },
));

/** When the token of a form ends; null: never. */
function endOf(form: FormData, nowMs: number): number | null {
  const life = text(form, "life");
  if (life === "never") return null;
  if (life !== "date") return nowMs + Number(life) * DAY_MS;
  const endMs = Date.parse(`${text(form, "day")}T00:00:00Z`);
  if (Number.isNaN(endMs)) throw new ApiError(400, "invalid", t("apiToken.badDay"));
  return endMs;
}

export default define.page<typeof handler>(({ data, state }) => {
  const told = data.note.told === null ? undefined : JSON.parse(data.note.told) as Told;
  return (
    <AccountPage
      state={state}
      heading={t("apiToken.title")}
      lead={t("apiToken.lead")}
      admin={data.self.admin}
      here="/settings/tokens"
      note={data.note}
    >
      {told === undefined
        ? <NewToken admin={data.self.admin} refused={data.note.refused} />
        : <Made {...told} />}
      <section class="stack">
        <h2>{t("apiToken.own")}</h2>
        {data.tokens.length === 0 && <p class="muted">{t("apiToken.none")}</p>}
        <ul class="rows">
          {data.tokens.map((token) => <Row key={token.id} token={token} nowMs={state.nowMs} />)}
        </ul>
        <p class="small muted">{t("apiToken.everywhere")}</p>
      </section>
    </AccountPage>
  );
});

function Made({ token, name }: Told) {
  return (
    <section class="card stack" aria-labelledby="made">
      <h2 id="made">{t("apiToken.made", { name })}</h2>
      <Notice kind="warn" icon="key">{t("apiToken.madeText")}</Notice>
      <div class="row wrap">
        <p class="mono break code-text grow">{token}</p>
        <CopyText text={token} />
      </div>
      <div>
        <a class="button primary" href="/settings/tokens">{t("apiToken.done")}</a>
      </div>
    </section>
  );
}

function NewToken({ admin, refused }: { admin: boolean; refused: FormData | null }) {
  const scopes = TokenScope.options.filter((scope) => admin || scope !== "admin");
  return (
    <section class="card">
      <ActForm act="create" refused={refused}>
        <h2>{t("apiToken.new")}</h2>
        <Field
          name="name"
          label={t("apiToken.name")}
          maxlength={ACCESS_TOKENS.nameChars}
          autocomplete="off"
          required
        />
        <fieldset class="stack-tight">
          <legend class="strong">{t("apiToken.may")}</legend>
          {scopes.map((scope) => (
            <Check
              key={scope}
              name="scope"
              value={scope}
              label={t(`apiToken.scope.${scope}`)}
              hint={t(`apiToken.scope.${scope}Hint`)}
              checked={scope === "read"}
            />
          ))}
        </fieldset>
        <div class="row wrap form-line with-day">
          <Select
            name="life"
            label={t("apiToken.ends")}
            value="90"
            options={LIVES.map((life) =>
              [
                life,
                t(
                  life === "date" || life === "never" ? `apiToken.${life}` : `apiToken.days${life}`,
                ),
              ] as const
            )}
          />
          <div class="only-day">
            <Field name="day" type="date" label={t("apiToken.day")} />
          </div>
        </div>
        <div>
          <button class="button primary" type="submit">{t("apiToken.create")}</button>
        </div>
      </ActForm>
    </section>
  );
}

function Row({ token, nowMs }: { token: AccessToken; nowMs: number }) {
  const { id, name, expires_ts: ends, last_used_ts: used } = token;
  const ended = ends !== null && ends <= nowMs;
  const when = ends === null
    ? t("apiToken.endsNever")
    : t("apiToken.endsOn", { when: formatRelative(ends, nowMs) });
  return (
    <li class="row-card device-row">
      <Icon name="key" />
      <div class="grow">
        <p class="row-tight wrap">
          <span class="strong break">{name}</span>
          {ended && <span class="tag danger">{t("apiToken.ended")}</span>}
        </p>
        <p class="row-tight wrap">
          {token.scopes.map((scope) => (
            <span class="tag" key={scope}>{t(`apiToken.scope.${scope}`)}</span>
          ))}
        </p>
        <p class="small muted">
          {used === null
            ? t("apiToken.unused")
            : t("sessions.used", { when: formatRelative(used, nowMs) })} ·{" "}
          {t("apiToken.added", { when: formatRelative(token.created_ts, nowMs) })}
          {!ended && ` · ${when}`}
        </p>
        <RemoveRow
          field="token"
          id={id}
          label={t("apiToken.revoke")}
          named={t("apiToken.revokeNamed", { name })}
          text={t("apiToken.revokeText")}
          sure={t("apiToken.revokeSure")}
        />
      </div>
    </li>
  );
}
