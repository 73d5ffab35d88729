/** What a signature may cover of a request. `target`: path and query as they are sent. */
export interface CoveredRequest {
  readonly method: string;
  /** Lower case, without the port that the scheme implies. */
  readonly authority: string;
  readonly target: string;
  /** The value of a header, by its name in lower case; several values joined by ", ". */
  header(name: string): string | undefined;
}

const encoder = new TextEncoder();
const VISIBLE = /^[\x20-\x7e\t]*$/;

/**
 * The bytes that an HTTP signature is over, or undefined where a component is missing or cannot
 * be written on a line. `params`: the list of components with its parameters, as it stands in
 * `Signature-Input`. RFC 9421 section 2.5.
 */
export function signatureBase(
  request: CoveredRequest,
  components: readonly string[],
  params: string,
): Uint8Array<ArrayBuffer> | undefined {
  const lines: string[] = [];
  for (const name of components) {
    const value = componentOf(request, name);
    if (value === undefined || !VISIBLE.test(value)) return undefined;
    lines.push(`"${name}": ${value}`);
  }
  lines.push(`"@signature-params": ${params}`);
  return encoder.encode(lines.join("\n"));
}

function componentOf(request: CoveredRequest, name: string): string | undefined {
  switch (name) {
    case "@method":
      return request.method;
    case "@authority":
      return request.authority;
    case "@path":
      return request.target.split("?", 1)[0];
    case "@query": {
      const at = request.target.indexOf("?");
      return at < 0 ? "?" : request.target.slice(at);
    }
    default:
      return name.startsWith("@") ? undefined : request.header(name)?.trim();
  }
}

/** An authority as it is signed: lower case, without its scheme's own port. RFC 9421 2.2.3. */
export function normalAuthority(host: string, scheme: "http" | "https"): string {
  const lower = host.toLowerCase();
  const port = scheme === "https" ? ":443" : ":80";
  return lower.endsWith(port) ? lower.slice(0, -port.length) : lower;
}
