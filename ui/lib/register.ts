import { REGISTER_FIELDS, type RegisterData } from "../components/RegisterForm.tsx";
import type { State } from "../utils.ts";
import { ApiError } from "./api/request.ts";
import { readForm, refusals, text } from "./forms.ts";
import { language } from "./i18n/t.ts";
import { acceptInvite } from "./sign_in.ts";

/** What a code gives, or null where it is unknown. */
export async function lookUpToken(state: State, code: string): Promise<RegisterData["token"]> {
  if (code === "") return null;
  try {
    return await state.api.call("getJoinToken", { params: { code } });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** Makes the account of a posted form. Answers where to go, or the form to show again. */
export async function registerFromForm(
  state: State,
  request: Request,
  fallbackCode: string,
): Promise<{ to: string } | { again: RegisterData }> {
  const form = await readForm(request);
  const code = text(form, "token").trim() || fallbackCode;
  const userName = text(form, "user_name").trim();
  const displayName = text(form, "display_name").trim();
  const address = text(form, "address").trim();
  const why = text(form, "why").trim();
  try {
    const grant = await state.api.call("register", {
      body: {
        user_name: userName,
        password: text(form, "password"),
        ...(displayName === "" ? {} : { display_name: displayName }),
        ...(code === "" ? {} : { token: code }),
        ...(address === "" ? {} : { address }),
        ...(why === "" ? {} : { why }),
        language: language().code,
        transport: "cookie",
      },
    });
    return { to: grant.invite ? await acceptInvite(state, grant.invite) : "/" };
  } catch (error) {
    const waiting = waitingPath(error);
    if (waiting !== undefined) return { to: waiting };
    return {
      again: {
        code,
        token: await lookUpToken(state, code),
        userName,
        displayName,
        address,
        why,
        faults: refusals(error, { known: REGISTER_FIELDS, fieldOf: (code) => FIELD_OF[code] }),
      },
    };
  }
}

/** Where somebody is told what their registration waits for; undefined where it does not. */
export function waitingPath(error: unknown): string | undefined {
  if (!(error instanceof ApiError) || error.code !== "account_waiting") return undefined;
  return `/waiting?for=${error.details["waiting_for"] === "email" ? "email" : "approval"}`;
}

const FIELD_OF: Record<string, string> = {
  bad_user_name: "user_name",
  name_taken: "user_name",
  weak_password: "password",
};
