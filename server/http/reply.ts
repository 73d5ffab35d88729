/** An answer before it is sent: plain, so that headers are added without rebuilding it. */
export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | null;
}

export const JSON_TYPE = "application/json; charset=utf-8";

export function jsonReply(
  value: unknown,
  options: { status?: number; headers?: Record<string, string> } = {},
): Reply {
  return {
    status: options.status ?? 200,
    headers: { "content-type": JSON_TYPE, ...options.headers },
    body: JSON.stringify(value),
  };
}
