import type { Context, PageResponse } from "./fresh/mod.ts";
import { HttpError, page } from "fresh";
import type { State } from "../utils.ts";
import { ApiError } from "./api/request.ts";
import type { CallResult } from "./api/types.ts";
import { errorText } from "./i18n/error_text.ts";
import { t } from "./i18n/t.ts";
import { PICTURE_FORM_BYTES, readForm, text } from "./forms.ts";

/** What every page with forms shows beside its own data. */
export interface FormNote {
  readonly saved: boolean;
  readonly error: string | null;
  /** The form that was sent, where it waits for who it is; null where none does. */
  readonly confirm: WaitingForm | null;
  /** What an act has to show once; it stands in no address. Null where there is nothing. */
  readonly told: string | null;
  /** The form that was refused or waits, so that what was chosen in it stays; never for an island. */
  readonly refused: FormData | null;
}

/** A form that was sent, and by what its sender can show who it is. */
export interface WaitingForm {
  readonly fields: readonly (readonly [string, string])[];
  readonly ways: CallResult<"getSecondFactor">;
}

export const NOTHING: FormNote = {
  saved: false,
  error: null,
  confirm: null,
  told: null,
  refused: null,
};

const PASSWORD_FIELD = "confirm_password";
const CODE_FIELD = "confirm_code";

export type WithNote<Data> = Data & { readonly note: FormNote };
/** What an act shows once, and headers of that page. */
interface Told {
  readonly tell: string;
  readonly headers?: Readonly<Record<string, string>>;
}
type Load<Data> = (ctx: Context<State>) => Promise<Data>;
/**
 * Does what a form asks for. Answers where to go; nothing: back to the same page; `tell`: the
 * same page with that text in its note, for what nobody shall find in an address or a history.
 */
export type Act = (
  ctx: Context<State>,
  form: FormData,
) => Promise<string | Told | void>;

/**
 * A page that is read with GET and changed by forms, each naming its act in the field `act`.
 * A refusal shows the page again with the reason; an act that wants the password first shows
 * the page with a box for it, and what was filled in is not lost.
 */
export function formPage<Data>(load: Load<Data>, acts: Readonly<Record<string, Act>>) {
  const told = async (ctx: Context<State>, { tell, headers = {} }: Told) => {
    const data = await signedIn(ctx, () => load(ctx));
    if (data instanceof Response) return data;
    const note = { ...NOTHING, told: tell };
    return page({ ...data, note }, { headers });
  };
  return {
    async GET(ctx: Context<State>): Promise<Response | PageResponse<WithNote<Data>>> {
      const data = await signedIn(ctx, () => load(ctx));
      if (data instanceof Response) return data;
      return page({
        ...data,
        note: { ...NOTHING, saved: ctx.url.searchParams.has("saved") },
      });
    },
    async POST(ctx: Context<State>): Promise<Response | PageResponse<WithNote<Data>>> {
      // Who is nobody here is given no room for pictures.
      const isSomebody = await ctx.state.self() !== undefined;
      const form = await readForm(ctx.req, isSomebody ? { bytes: PICTURE_FORM_BYTES } : {});
      const act = acts[text(form, "act")];
      if (!act) throw new HttpError(400, t("refused.unknownAct"));
      const proof = proofIn(form);
      try {
        if (proof) await ctx.state.api.call("confirmIdentity", { body: proof });
        const to = await act(ctx, form);
        if (typeof to === "object") return await told(ctx, to);
        return ctx.redirect(to ?? `${ctx.url.pathname}?saved=1`);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status >= 500) throw error;
        const data = await signedIn(ctx, () => load(ctx));
        if (data instanceof Response) return data;
        const asks = error.code === "confirmation_required";
        const again = proof && (error.code === "bad_credentials" || error.code === "bad_code");
        const confirm = asks || again
          ? { fields: fieldsOf(form), ways: await ctx.state.api.call("getSecondFactor") }
          : null;
        // The form below the question shows what was sent too: it is changed there, or sent again.
        const refusal = asks ? {} : { error: errorText(error) };
        const note: FormNote = { ...NOTHING, confirm, refused: form, ...refusal };
        return page({ ...data, note }, { status: asks ? 401 : 400 });
      }
    },
  };
}

function proofIn(form: FormData): { password: string } | { code: string } | undefined {
  const password = text(form, PASSWORD_FIELD);
  if (password !== "") return { password };
  const code = text(form, CODE_FIELD);
  return code === "" ? undefined : { code };
}

function fieldsOf(form: FormData): [string, string][] {
  return [...form].flatMap(([name, value]) =>
    typeof value === "string" && name !== PASSWORD_FIELD && name !== CODE_FIELD
      ? [[name, value]]
      : []
  );
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
      throw new HttpError(error.status, errorText(error), { cause: error });
    }
    throw error;
  }
}
