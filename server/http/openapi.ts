import { z } from "zod";
import { Channel, ReadState } from "../../core/api/channel.ts";
import { ERROR_STATUS, ErrorBody, type ErrorCode } from "../../core/api/error.ts";
import {
  ClientFrame,
  DISPATCH,
  Dm,
  GroupDm,
  GuildFrame,
  PairDm,
  Self,
  Snapshot,
} from "../../core/api/gateway.ts";
import { Guild, GuildSummary, Member, Role } from "../../core/api/guild.ts";
import { Message, MessageFrame, MessageMedia, MessagePage } from "../../core/api/message.ts";
import type { Operation } from "../../core/api/operation.ts";
import { User } from "../../core/api/user.ts";

/** Schemas that the document names once and refers to. */
const NAMED: Readonly<Record<string, z.ZodType>> = {
  Channel,
  Dm,
  ErrorBody,
  GroupDm,
  Guild,
  GuildFrame,
  GuildSummary,
  Member,
  Message,
  MessageFrame,
  MessageMedia,
  MessagePage,
  PairDm,
  ReadState,
  Role,
  Self,
  Snapshot,
  User,
};

const GATEWAY_TEXT =
  `The WebSocket gateway is at \`/client/v1/gateway\`: one JSON object a frame, \`{"op", "d"}\`. The server says \`hello\`; the client answers \`identify\` with its access token, or none where the session cookie counts, and with the last \`position\` to resume from. The answer is \`ready\` with a Snapshot, \`resumed\` after everything missed, or \`reset\`: then identify again without a position. Afterwards \`{"op": "dispatch", "t", "d", "pos"}\` frames come, named and shaped as the schemas \`dispatch.*\`; keep the last \`pos\`. Send \`heartbeat\` every \`heartbeat_interval_ms\`. The frames of a client are the schema ClientFrame.`;

export type JsonSchema = { readonly [key: string]: unknown };

export interface OpenApiOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: "path" | "query";
    readonly required: boolean;
    readonly description?: string;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: JsonSchema;
  readonly responses: Readonly<Record<string, JsonSchema>>;
}

/** An OpenAPI 3.1 document. */
export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: JsonSchema;
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: {
    readonly securitySchemes: JsonSchema;
    readonly responses: JsonSchema;
    readonly schemas: Readonly<Record<string, JsonSchema>>;
  };
}

/** The document of these operations, in a stable order. */
export function openApiDocument(
  operations: readonly Operation[],
  options: { version: string },
): OpenApiDocument {
  const schemas = new SchemaBook();
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  const sorted = [...operations].sort((a, b) =>
    compare(a.path, b.path) || compare(a.method, b.method)
  );
  for (const operation of sorted) {
    const path = operation.path.replaceAll(/:([a-z_]+)/g, "{$1}");
    (paths[path] ??= {})[operation.method.toLowerCase()] = describe(operation, schemas);
  }
  schemas.add("ClientFrame", ClientFrame, "input");
  for (const [name, schema] of Object.entries(DISPATCH)) {
    schemas.add(`dispatch.${name}`, schema, "output");
  }
  const tags = [...new Set([...operations.map(({ tag }) => tag), "gateway"])].sort(compare);
  return {
    openapi: "3.1.0",
    info: {
      title: "OpenGuild client API",
      version: options.version,
      license: { name: "AGPL-3.0-only", identifier: "AGPL-3.0-only" },
    },
    servers: [{ url: "/" }],
    tags: tags.map((name) => name === "gateway" ? { name, description: GATEWAY_TEXT } : { name }),
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "Access token of a session, or a personal access token (ogp_...)",
        },
        cookie: {
          type: "apiKey",
          in: "cookie",
          name: "__Host-og_session",
          description:
            "Session of the web client; unsafe methods need an own Origin. On plain HTTP: og_session",
        },
      },
      responses: {
        Error: {
          description: "A refusal",
          content: { "application/json": { schema: refTo("ErrorBody") } },
        },
      },
      schemas: schemas.all(),
    },
  };
}

/** Schemas written once under `components`, others in place. */
class SchemaBook {
  readonly #registry = z.registry<{ id: string }>();
  readonly #named = new Map<string, JsonSchema>();

  constructor() {
    for (const [id, schema] of Object.entries(NAMED)) this.#registry.add(schema, { id });
    for (const [id, schema] of Object.entries(NAMED)) this.add(id, schema, "output");
  }

  add(id: string, schema: z.ZodType, io: "input" | "output"): void {
    this.#named.set(id, this.#convert(schema, io, id));
  }

  /** A reference where the schema has a name, else the schema itself. */
  use(schema: z.ZodType, io: "input" | "output"): JsonSchema {
    const id = this.#registry.get(schema)?.id;
    return id === undefined ? this.#convert(schema, io, undefined) : refTo(id);
  }

  all(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#named].sort(([a], [b]) => compare(a, b)));
  }

  #convert(schema: z.ZodType, io: "input" | "output", self: string | undefined): JsonSchema {
    const made = z.toJSONSchema(schema, {
      metadata: this.#registry,
      override: ({ zodSchema, jsonSchema }) => {
        const description = z.globalRegistry.get(zodSchema)?.description;
        if (description !== undefined) jsonSchema.description = description;
      },
      io,
      unrepresentable: "any",
      target: "draft-2020-12",
    });
    const { $schema: _dialect, $defs: _named, id: _id, ...rest } = made;
    const own = self === undefined ? undefined : made.$defs?.[self];
    return clean(rest.$ref === undefined ? rest : own ?? rest) as JsonSchema;
  }
}

/** Names in place of zod's local definitions; the id is the key, not a part of the schema. */
function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== "object" || value === null) return value;
  const made: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(value)) {
    if (key === "$ref" && typeof child === "string") {
      made["$ref"] = child.replace("#/$defs/", "#/components/schemas/");
    } else if (!isNoise(key, child)) {
      made[key] = clean(child);
    }
  }
  return made;
}

/** Our names inside schemas, and the bounds of every safe integer. */
function isNoise(key: string, value: unknown): boolean {
  if (key === "id") return typeof value === "string" && value in NAMED;
  return (key === "minimum" || key === "maximum") && typeof value === "number" &&
    Math.abs(value) === Number.MAX_SAFE_INTEGER;
}

function refTo(id: string): JsonSchema {
  return { $ref: `#/components/schemas/${id}` };
}

function describe(operation: Operation, schemas: SchemaBook): OpenApiOperation {
  const notes = [
    operation.auth === "admin" ? "For administrators of this server." : undefined,
    operation.confirm === true ? "Needs a password confirmed a short time ago." : undefined,
    operation.auth === "none"
      ? undefined
      : operation.scope === null
      ? "Not with a personal access token."
      : `Scope of personal access tokens: \`${operation.scope}\`.`,
    operation.whileSuspended === true ? "Open to suspended accounts." : undefined,
  ].filter((note) => note !== undefined);
  const signedIn = [{ bearer: [] }, { cookie: [] }];
  const parameters = [
    ...parametersOf("path", operation.params, schemas),
    ...parametersOf("query", operation.query, schemas),
  ];
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(notes.length === 0 ? {} : { description: notes.join(" ") }),
    security: operation.auth === "none"
      ? []
      : operation.auth === "optional"
      ? [{}, ...signedIn]
      : signedIn,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...bodyOf(operation, schemas),
    responses: responsesOf(operation, schemas),
  };
}

function parametersOf(
  place: "path" | "query",
  schema: z.ZodType | undefined,
  schemas: SchemaBook,
): NonNullable<OpenApiOperation["parameters"]>[number][] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemas.use(schema, "input") as {
    properties?: Record<string, JsonSchema>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    ...(typeof description === "string" ? { description } : {}),
    schema: rest,
  }));
}

function bodyOf(operation: Operation, schemas: SchemaBook): { requestBody?: JsonSchema } {
  if (operation.binaryBody === true) {
    return { requestBody: { required: true, content: { "application/octet-stream": {} } } };
  }
  if (operation.body === undefined) return {};
  const schema = schemas.use(operation.body, "input");
  return { requestBody: { required: true, content: { "application/json": { schema } } } };
}

function responsesOf(operation: Operation, schemas: SchemaBook): Record<string, JsonSchema> {
  const responses: Record<string, JsonSchema> = {
    200: {
      description: "Done",
      content: operation.binaryResult === true
        ? { "*/*": {} }
        : { "application/json": { schema: schemas.use(operation.result, "output") } },
    },
  };
  for (const [status, codes] of codesByStatus(operation)) {
    responses[status] = {
      $ref: "#/components/responses/Error",
      description: codes.map((code) => `\`${code}\``).join(", "),
    };
  }
  return responses;
}

/** The codes an operation names, and those that every edge can answer with. */
export function codesByStatus(operation: Operation): Map<string, ErrorCode[]> {
  const codes = new Set<ErrorCode>(operation.errors);
  codes.add("rate_limited").add("internal").add("unavailable");
  if (operation.params !== undefined || operation.query !== undefined) codes.add("invalid");
  if (operation.body !== undefined) {
    for (const code of ["invalid", "bad_json", "too_large"] as const) codes.add(code);
  }
  if (operation.auth !== "none") {
    codes.add("token_expired");
    if (operation.method !== "GET") codes.add("bad_origin").add("account_suspended");
  }
  if (operation.auth === "user" || operation.auth === "admin") codes.add("unauthorized");
  if (operation.auth === "admin") codes.add("forbidden");
  if (operation.confirm === true) codes.add("confirmation_required");
  const byStatus = new Map<string, ErrorCode[]>();
  for (const code of [...codes].sort(compare)) {
    const status = String(ERROR_STATUS[code]);
    byStatus.set(status, [...byStatus.get(status) ?? [], code]);
  }
  return new Map([...byStatus].sort(([a], [b]) => compare(a, b)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
