import { type Context, HttpError } from "fresh";
import { ApiError } from "../lib/api/request.ts";
import { beginChat } from "../lib/chat_reads.ts";
import { withClock } from "../lib/clock.ts";
import { errorText } from "../lib/i18n/error_text.ts";
import { cookieLanguage, languageCookie, languageOf } from "../lib/i18n/languages.ts";
import { speak } from "../lib/i18n/request_language.ts";
import { t } from "../lib/i18n/t.ts";
import { placeNamed } from "../lib/store/place.ts";
import { define, type State } from "../utils.ts";

/** Name of the session cookie over TLS and over plain HTTP. */
const SESSION = /(?:^|;\s*)(?:__Host-)?og_session=/;

const AWAY = 503;

/**
 * Public facts and the account's language for every page; afterwards the cookies that API calls
 * have set. The browser keeps the account's language too: its login page speaks it next time.
 */
export default define.middleware(async (ctx) => {
  try {
    return await answer(ctx);
  } catch (thrown) {
    const error = asHttpError(thrown);
    const status = error instanceof HttpError ? error.status : 500;
    ctx.state.title = t(
      status === 404 ? "error.404" : status < 500 ? "error.refused" : "error.500",
    );
    throw error;
  }
});

/** The API says that something is away: the page does, so that nobody takes it for a fault. */
function asHttpError(error: unknown): unknown {
  if (!(error instanceof ApiError) || error.status !== AWAY) return error;
  return new HttpError(error.status, errorText(error), { cause: error });
}

async function answer(ctx: Context<State>): Promise<Response> {
  const { headers } = ctx.req;
  const signedIn = SESSION.test(headers.get("cookie") ?? "");
  if (signedIn && placeNamed(ctx.url.pathname)) {
    ctx.state.chat = beginChat(ctx.state.api, ctx.url.pathname);
  }
  const [server, self] = await Promise.all([
    ctx.state.api.call("getServer"),
    signedIn ? ctx.state.self() : undefined,
  ]);
  ctx.state.saysHere = self !== undefined && ctx.state.chat === undefined &&
    ctx.req.method === "GET";
  // What others see of the visitor is no reason not to show a page.
  if (ctx.state.saysHere) void ctx.state.api.call("stayHere").catch(() => undefined);
  ctx.state.server = server;
  if (self?.admin && server.registration.approval) {
    const { total } = await ctx.state.api.call("adminListRegistrations", { query: { limit: 1 } });
    ctx.state.waiting = total;
  }
  const chosen = languageOf(self?.language);
  if (chosen) speak(withClock(chosen, ctx.req));
  const response = await ctx.next();
  for (const cookie of ctx.state.api.cookies) response.headers.append("set-cookie", cookie);
  if (chosen && chosen !== cookieLanguage(headers)) {
    response.headers.append("set-cookie", languageCookie(chosen));
  }
  return response;
}
