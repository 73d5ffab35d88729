import type { ImportEdge } from "./graph.ts";
import { isTest } from "./suites.ts";

/** Which top-level rooms a room may import. docs/ARCHITECTURE.md. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  core: ["core"],
  federation: ["federation", "core"],
  voice: ["voice", "core"],
  ui: ["ui", "core"],
  server: ["server", "federation", "voice", "ui", "core"],
  "main.ts": ["server"],
  scripts: ["scripts", "tests", "server", "federation", "voice", "ui", "core"],
};

/** The packages that `core` may import, and the only folder where a package may be, if it has one. */
const CORE_PACKAGES = [
  "npm:@noble/ciphers",
  "npm:@noble/ed25519",
  "npm:@noble/hashes",
  "npm:@scure/base",
  "npm:zod",
];
/** What `core/mls` alone may import beyond them: the library and the Web Crypto part under it. */
const MLS_PACKAGES = ["npm:@hpke/core", "npm:ts-mls"];
const CONFINED: Readonly<Record<string, readonly string[]>> = {
  "npm:@hpke/core": ["core/mls/"],
  "npm:ts-mls": ["core/mls/"],
  "npm:werift": ["voice/werift/"],
  "npm:hono": ["server/http/"],
  "npm:ws": ["server/http/"],
  "npm:postgres": ["server/postgres/"],
  "npm:@electric-sql/pglite": ["server/postgres/"],
  "npm:@electric-sql/pglite-socket": ["server/postgres/"],
  "npm:@aws-sdk/client-s3": ["server/s3/"],
  "npm:@aws-sdk/lib-storage": ["server/s3/"],
  "npm:@nats-io/transport-node": ["server/nats/"],
  "npm:commander": ["server/cli/"],
  "npm:acme-client": ["server/tls/"],
  "npm:openid-client": ["server/oidc/"],
  "npm:nodemailer": ["server/mail/"],
  "npm:@simplewebauthn/server": ["server/services/accounts/"],
  "npm:web-push": ["server/push/"],
};

/** Tools of the build and of tests: never in what `main.ts` reaches. */
export const TOOL_PACKAGES: readonly string[] = [
  "npm:axe-core",
  "npm:esbuild",
  "npm:fast-check",
  "npm:lightningcss",
  "npm:oidc-provider",
  "npm:playwright-core",
  "npm:smtp-server",
];

/** What breaks the one-way rule in this import, or undefined. */
export function judgeImport(edge: ImportEdge): string | undefined {
  if (isTest(edge.from) || edge.from.startsWith("tests/")) return undefined;
  const from = roomOf(edge.from);
  if (/^(https?|jsr):/.test(edge.to)) return "only npm packages can be had everywhere";
  if (/^(npm|node):/.test(edge.to)) return judgePackage(edge, from);
  const allowed = ALLOWED[from];
  if (allowed === undefined) return `${from} is no room of docs/ARCHITECTURE.md`;
  if (isTest(edge.to)) return "nothing imports a test";
  if (/\.(json|css|sql|txt)$/.test(edge.to)) return undefined;
  const to = roomOf(edge.to);
  return allowed.includes(to) ? undefined : `${from} may import ${allowed.join(", ")}, not ${to}`;
}

function judgePackage(edge: ImportEdge, from: string): string | undefined {
  if (from === "scripts") return undefined;
  if (from === "core" && ![...MLS_PACKAGES, ...CORE_PACKAGES].includes(edge.to)) {
    return `core is pure: it may import ${CORE_PACKAGES.join(", ")}`;
  }
  const folders = CONFINED[edge.to];
  if (folders === undefined) return undefined;
  if (edge.typeOnly && !MLS_PACKAGES.includes(edge.to)) return undefined;
  return folders.some((folder) => edge.from.startsWith(folder))
    ? undefined
    : `${edge.to} stays in ${folders.join(", ")}`;
}

function roomOf(path: string): string {
  return path.split("/", 1)[0] ?? path;
}
