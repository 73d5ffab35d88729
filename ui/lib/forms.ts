import { HttpError } from "fresh";
import { ApiError } from "./api/request.ts";
import { errorText } from "./i18n/error_text.ts";
import { t } from "./i18n/t.ts";

/** Longest form a page accepts, in bytes: a message of 4,000 characters fits many times. */
const FORM_BYTES = 64 * 1024;

/** How a browser writes forms. */
const FORM_TYPE = /^(application\/x-www-form-urlencoded|multipart\/form-data)\s*(;|$)/i;

/** A posted form. Refuses posts from other sites, bodies beyond the bound and what is no form. */
export async function readForm(
  request: Request,
  options: { bytes?: number } = {},
): Promise<FormData> {
  const origin = request.headers.get("origin");
  const host = request.headers.get("host") ?? new URL(request.url).host;
  const site = request.headers.get("sec-fetch-site");
  const foreign = origin === null
    ? site !== null && site !== "same-origin"
    : !URL.canParse(origin) || new URL(origin).host !== host;
  if (foreign) throw new HttpError(403, t("refused.foreignForm"));
  const type = request.headers.get("content-type") ?? "";
  if (!FORM_TYPE.test(type)) throw new HttpError(415, t("refused.noForm"));
  const body = await bodyWithin(request, options.bytes ?? FORM_BYTES);
  try {
    return await new Response(body, { headers: { "content-type": type } }).formData();
  } catch {
    throw new HttpError(400, t("refused.noForm"));
  }
}

/** The whole body, of which nothing says beforehand how long it is. */
async function bodyWithin(request: Request, bytesMax: number): Promise<Blob> {
  const tooLarge = () => new HttpError(413, t("refused.largeForm"));
  if (Number(request.headers.get("content-length") ?? "0") > bytesMax) throw tooLarge();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  // Leaving the loop cancels the stream.
  for await (const part of request.body ?? []) {
    size += part.byteLength;
    if (size > bytesMax) throw tooLarge();
    parts.push(part);
  }
  return new Blob(parts);
}

/** Largest form with a picture in it; the API has its own, smaller bound on pictures. */
export const PICTURE_FORM_BYTES = 16 * 1024 * 1024;

/** A field as text; files and missing fields are "". */
export function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}

/** What went wrong, for a form shown again; anything but a refusal of the API is thrown on. */
export function refusal(error: unknown): { message: string; field: string | undefined } {
  if (!(error instanceof ApiError)) throw error;
  const field = error.details["field"];
  return { message: errorText(error), field: typeof field === "string" ? field : undefined };
}

/** What is wrong with a form: of each field, and what is of none of them. */
export interface Faults {
  readonly fields: Readonly<Record<string, string>>;
  readonly rest: string | undefined;
}

/**
 * All that the API refused of a form at once, each at its field where that is one of `known`.
 * `fieldOf`: the field of a code that names none.
 */
export function refusals(
  error: unknown,
  form: {
    readonly known: readonly string[];
    readonly fieldOf: (code: ApiError["code"]) => string | undefined;
  },
): Faults {
  if (!(error instanceof ApiError)) throw error;
  const fields: Record<string, string> = {};
  let rest: string | undefined;
  for (const fault of faultsOf(error)) {
    const field = form.fieldOf(fault.code) ?? fault.details["field"];
    if (typeof field === "string" && form.known.includes(field)) fields[field] ??= errorText(fault);
    else rest ??= errorText(fault);
  }
  return { fields, rest };
}

/** A refusal that is several, taken apart. */
function faultsOf(error: ApiError): ApiError[] {
  const { faults } = error.details;
  if (!Array.isArray(faults)) return [error];
  return faults.map(({ code, message, field }) =>
    new ApiError(error.status, code, message, { field })
  );
}

/** Where to go after signing in: only paths of this server. */
export function safeNext(value: string | null | undefined): string {
  return value && /^\/(?![/\\])[^\s\\]*$/.test(value) ? value : "/";
}

/** A checked box. */
export function flag(form: FormData, name: string): boolean {
  return text(form, name) !== "";
}

/** A file that was chosen; undefined where none was. */
export function file(form: FormData, name: string): File | undefined {
  const value = form.get(name);
  return value instanceof File && value.size > 0 ? value : undefined;
}
