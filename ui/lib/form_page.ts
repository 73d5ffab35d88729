import type { Context, PageResponse } from "./fresh/mod.ts";
import { HttpError, page } from "fresh";
import type { State } from "../utils.ts";
import { ApiError } from "./api/request.ts";
import { PICTURE_FORM_BYTES, readForm, text } from "./forms.ts";

/** What every page with forms shows beside its own data. */
export interface FormNote {
  readonly saved: boolean;
  readonly error: string | null;
}

export type WithNote<Data> = Data & { readonly note: FormNote };
type Load<Data> = (ctx: Context<State>) => Promise<Data>;
/** Does what a form asks for. Answers where to go; nothing: back to the same page. */
export type Act = (ctx: Context<State>, form: FormData) => Promise<string | void>;

/**
 * A page that is read with GET and changed by forms, each naming its act in the field `act`.
 * A refusal shows the page again with the reason; an act that wants the password again leads
 * over its page and back.
 */
export function formPage<Data>(load: Load<Data>, acts: Readonly<Record<string, Act>>) {
  return {
    async GET(ctx: Context<State>): Promise<Response | PageResponse<WithNote<Data>>> {
      const data = await signedIn(ctx, () => load(ctx));
      if (data instanceof Response) return data;
      return page({ ...data, note: { saved: ctx.url.searchParams.has("saved"), error: null } });
    },
    async POST(ctx: Context<State>): Promise<Response | PageResponse<WithNote<Data>>> {
      const form = await readForm(ctx.req, { bytes: PICTURE_FORM_BYTES });
      const act = acts[text(form, "act")];
      if (!act) throw new HttpError(400, "This form asks for something this page does not do.");
      try {
        const to = await act(ctx, form);
        return ctx.redirect(to ?? `${ctx.url.pathname}?saved=1`);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status >= 500) throw error;
        if (error.code === "confirmation_required") {
          return ctx.redirect(`/confirm?next=${encodeURIComponent(ctx.url.pathname)}`);
        }
        const data = await signedIn(ctx, () => load(ctx));
        if (data instanceof Response) return data;
        return page({ ...data, note: { saved: false, error: error.message } }, { status: 400 });
      }
    },
  };
}

async function signedIn<Data>(
  ctx: Context<State>,
  load: () => Promise<Data>,
): Promise<Data | Response> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) {
      return ctx.redirect(`/login?next=${encodeURIComponent(ctx.url.pathname)}`);
    }
    if (error.status === 404 || error.status === 403) {
      throw new HttpError(error.status, error.message, { cause: error });
    }
    throw error;
  }
}
