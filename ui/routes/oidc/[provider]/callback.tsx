import { page } from "fresh";
import { AuthPage } from "../../../components/AuthPage.tsx";
import { Field } from "../../../components/Field.tsx";
import { NameFields } from "../../../components/NameFields.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { challengeOf, SecondStep } from "../../../components/SecondStep.tsx";
import { ApiError } from "../../../lib/api/request.ts";
import type { Context } from "../../../lib/fresh/mod.ts";
import { readForm, refusal, safeNext, text } from "../../../lib/forms.ts";
import { t } from "../../../lib/i18n/t.ts";
import { ENDED_VISIT, type OidcVisit, readVisit } from "../../../lib/oidc_visit.ts";
import { acceptInvite } from "../../../lib/sign_in.ts";
import { define, type State } from "../../../utils.ts";

/** What somebody who comes back from a provider is shown. */
type Data =
  | { readonly show: "fault"; readonly error: string }
  | { readonly show: "link"; readonly query: string; readonly error?: string }
  | {
    readonly show: "second step";
    readonly challenge: string;
    readonly passkey: boolean;
    next: string;
  }
  | {
    readonly show: "register";
    readonly userName: string;
    readonly displayName: string;
    readonly code: string;
    readonly error?: { readonly message: string; readonly field: string | undefined };
  };

export const handler = define.handlers<Data>({
  async GET(ctx) {
    ctx.state.title = t("oidc.title");
    const visit = readVisit(ctx.req.headers);
    if (visit === undefined) {
      return page({ show: "fault", error: t("oidc.noVisit") }, { status: 400 });
    }
    const query = ctx.url.search;
    if (visit.purpose === "link") return { data: { show: "link", query } };
    return await comeBack(ctx, visit, query);
  },
  async POST(ctx) {
    ctx.state.title = t("oidc.title");
    const form = await readForm(ctx.req);
    const visit = readVisit(ctx.req.headers);
    if (visit === undefined) {
      return page({ show: "fault", error: t("oidc.noVisit") }, { status: 400 });
    }
    return visit.purpose === "link"
      ? await link(ctx, visit, text(form, "query"))
      : await register(ctx, visit, form);
  },
});

async function comeBack(ctx: Context<State>, visit: OidcVisit, query: string) {
  const { flow } = visit;
  const next = safeNext(visit.next);
  try {
    const end = await ctx.state.api.call("finishOidc", {
      body: { flow, query, transport: "cookie" },
    });
    if (end.state === "signed_in") {
      return leave(ctx, `/restore?next=${encodeURIComponent(next)}`);
    }
    const { user_name: userName = "", display_name: displayName = "" } = end.suggested ?? {};
    const data: Data = { show: "register", userName, displayName, code: codeIn(next) };
    return page<Data>(data);
  } catch (error) {
    const asked = challengeOf(error);
    if (asked) return page<Data>({ show: "second step", ...asked, next });
    return page<Data>({ show: "fault", error: refusal(error).message }, { status: 400 });
  }
}

async function link(ctx: Context<State>, visit: OidcVisit, query: string) {
  try {
    await ctx.state.api.call("finishOidcLink", { body: { flow: visit.flow, query } });
    return leave(ctx, "/settings/logins?saved=1");
  } catch (error) {
    return page<Data>({ show: "fault", error: refusal(error).message }, { status: 400 });
  }
}

async function register(ctx: Context<State>, visit: OidcVisit, form: FormData) {
  const userName = text(form, "user_name").trim();
  const displayName = text(form, "display_name").trim();
  const code = text(form, "token").trim();
  try {
    const grant = await ctx.state.api.call("registerOidc", {
      body: {
        flow: visit.flow,
        user_name: userName,
        ...(displayName === "" ? {} : { display_name: displayName }),
        ...(code === "" ? {} : { token: code }),
        transport: "cookie",
      },
    });
    return leave(ctx, grant.invite ? await acceptInvite(ctx.state, grant.invite) : "/");
  } catch (error) {
    const { message, field } = refusal(error);
    const named = error instanceof ApiError &&
      (error.code === "bad_user_name" || error.code === "name_taken");
    return page<Data>({
      show: "register",
      userName,
      displayName,
      code,
      error: { message, field: named ? "user_name" : field },
    }, { status: 400 });
  }
}

/** The code of the invite link that the visitor came by. */
function codeIn(next: string): string {
  return decodeURIComponent(/^\/invite\/([^/?#]+)$/.exec(next)?.[1] ?? "");
}

function leave(ctx: Context<State>, to: string): Response {
  const answer = ctx.redirect(to);
  answer.headers.append("set-cookie", ENDED_VISIT);
  return answer;
}

export default define.page<typeof handler>(({ data, state, params }) => {
  const id = params["provider"] ?? "";
  const label = state.server.login_providers.find((each) => each.id === id)?.label ?? id;
  if (data.show === "second step") {
    const { challenge, passkey, next } = data;
    return <SecondStep state={state} next={next} challenge={challenge} passkey={passkey} />;
  }
  return (
    <AuthPage state={state}>
      <h1>{t("oidc.title")}</h1>
      {data.show === "fault" && (
        <>
          <Notice kind="error">{data.error}</Notice>
          <p>
            <a href="/login">{t("twoStep.again")}</a>
          </p>
        </>
      )}
      {data.show === "link" && (
        <form class="stack" method="post">
          <p>{t("oidc.linkText", { label })}</p>
          <input type="hidden" name="query" value={data.query} />
          <button class="button primary wide" type="submit">{t("oidc.linkSure", { label })}</button>
          <a class="button quiet wide" href="/settings/logins">{t("cancel")}</a>
        </form>
      )}
      {data.show === "register" && <Register data={data} state={state} label={label} />}
    </AuthPage>
  );
});

function Register(
  { data, state, label }: {
    data: Extract<Data, { show: "register" }>;
    state: State;
    label: string;
  },
) {
  const { error } = data;
  const of = (field: string) => error?.field === field ? error.message : undefined;
  const known = ["user_name", "display_name", "token"];
  return (
    <form class="stack" method="post">
      <p>{t("oidc.registerText", { label })}</p>
      {error && !known.includes(error.field ?? "") && <Notice kind="error">{error.message}</Notice>}
      <NameFields
        serverName={state.server.name}
        userName={data.userName}
        displayName={data.displayName}
        faultOf={of}
      />
      <Field
        name="token"
        label={t("oidc.code")}
        hint={t("oidc.codeHint")}
        value={data.code}
        error={of("token")}
        autocomplete="off"
        spellcheck={false}
      />
      <button class="button primary wide" type="submit">{t("register.submit")}</button>
    </form>
  );
}
