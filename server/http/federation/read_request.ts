import type { FederationOperation } from "../../../core/api/federation/operation.ts";
import { OperationError } from "../../../core/errors.ts";
import { parseJson } from "../../../core/event/json_parse.ts";
import { limits } from "../../../core/limits.ts";
import { heldDigest } from "../../../federation/http/content_digest.ts";
import type { EdgeRequest } from "../edge_request.ts";
import { readQuery } from "../read_query.ts";

/** A body as it was signed. */
export interface SignedBody {
  readonly bytes: Uint8Array;
  /** SHA-256. */
  readonly digest: Uint8Array;
}

/**
 * The whole body, within its bound, and the one that was signed. Nothing of it has been parsed.
 * PROTOCOL.md 8.
 * @throws OperationError
 */
export async function readSignedBody(
  operation: FederationOperation,
  edge: EdgeRequest,
): Promise<SignedBody> {
  const encoding = edge.headers.get("content-encoding");
  if (encoding !== null && encoding !== "identity") {
    throw new OperationError("unsupported_media", `Bodies in ${encoding} are not taken here.`);
  }
  const bytes = await edge.body(operation.method === "POST" ? limits.transaction.maxBytes : 0);
  const digest = await heldDigest(edge.headers.get("content-digest") ?? "", bytes);
  if (digest !== undefined) return { bytes, digest };
  throw new OperationError("unauthorized", "The body is not the one that was signed.");
}

/**
 * The fields of a request: those of the path, then of the query or the body.
 * @throws OperationError
 */
export function readRequest(
  operation: FederationOperation,
  from: {
    readonly url: string;
    readonly params: Readonly<Record<string, string>>;
    readonly body: Uint8Array;
  },
): unknown {
  const fields = operation.method === "POST" ? readBody(from.body) : readQuery(from.url);
  const parsed = operation.request.safeParse({ ...fields, ...from.params });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new OperationError(
    "invalid",
    `The field ${issue?.path.join(".")} is not valid: ${issue?.message}.`,
  );
}

function readBody(body: Uint8Array): object {
  const read = parseJson(body, {
    maxBytes: limits.transaction.maxBytes,
    maxNodes: limits.federation.maxNodes,
    maxDepth: limits.federation.maxDepth,
  });
  if (!read.ok) throw new OperationError("bad_json", `${read.fault.message}.`);
  if (typeof read.value !== "object" || read.value === null || Array.isArray(read.value)) {
    throw new OperationError("bad_json", "The body must be an object.");
  }
  return read.value;
}
