import type { ErrorBody, ErrorCode } from "../../../core/api/error.ts";
import { t } from "../i18n/t.ts";
import { OPERATIONS } from "./operations.ts";
import type { AnyCallInput, OperationName } from "./types.ts";

/** A refusal of the client API; `message` is meant for people. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: ErrorCode | "offline" | "unreadable";
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    code: ApiError["code"],
    message: string,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** Method, path with query, and JSON body of a call. */
export function describeCall(name: OperationName, input: AnyCallInput) {
  const [method, template] = OPERATIONS[name];
  const path = template.replace(
    /:(\w+)/g,
    (_, key: string) => encodeURIComponent(String(input.params?.[key] ?? "")),
  );
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(input.query ?? {})) {
    if (value !== undefined && value !== null && value !== "") query.set(key, String(value));
  }
  const search = query.size > 0 ? `?${query}` : "";
  return {
    method,
    path: path + search,
    body: input.body === undefined ? undefined : JSON.stringify(input.body),
  };
}

function isErrorBody(value: unknown): value is ErrorBody {
  return typeof value === "object" && value !== null && "error" in value &&
    typeof value.error === "object" && value.error !== null && "code" in value.error;
}

/** The result of an answer, or its refusal thrown as an ApiError. */
export async function readAnswer(response: Response): Promise<unknown> {
  const text = await response.text();
  let value: unknown;
  try {
    value = text === "" ? {} : JSON.parse(text);
  } catch {
    throw new ApiError(response.status, "unreadable", t("refused.unreadable"));
  }
  if (response.ok) return value;
  if (!isErrorBody(value)) {
    throw new ApiError(response.status, "unreadable", t("refused.unreadable"));
  }
  const { code, message, details } = value.error;
  throw new ApiError(response.status, code, message, details);
}
