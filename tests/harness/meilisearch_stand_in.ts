import { freePort } from "../../scripts/lib/free_port.ts";
import { parseFilter } from "./meilisearch_filter.ts";

/**
 * What stands in for Meilisearch where none can be had: an HTTP server on loopback, written from
 * its API reference (meilisearch.com/docs/reference/api). It knows what the server uses of it and
 * refuses everything else. Tasks are done one after another, some time after they were taken.
 */
export interface MeilisearchStandIn extends AsyncDisposable {
  readonly url: string;
  readonly key: string;
  /** Tasks that have failed. */
  readonly failures: number;
  /** Holds tasks back, until it is called with false. */
  hold(isHeld: boolean): void;
  /** Tasks from now on fail, until it is called with false. */
  fail(isFailing: boolean): void;
  /** As if its disk had been lost. */
  forget(): void;
  /** Everything that stands in it. */
  text(): string;
}

type Doc = Readonly<Record<string, unknown>>;
type Settings = Record<string, unknown>;

interface Index {
  readonly createdAt: string;
  readonly documents: Map<string, Doc>;
  settings: Settings;
}

interface Task {
  readonly uid: number;
  readonly indexUid: string;
  status: "enqueued" | "succeeded" | "failed";
  error: { message: string; code: string } | null;
  readonly run: () => void;
}

class Refusal extends Error {
  constructor(readonly status: number, readonly code: string, message: string) {
    super(message);
  }
}

const TASK_MS = 3;
const SETTINGS = new Set([
  "searchableAttributes",
  "displayedAttributes",
  "filterableAttributes",
  "sortableAttributes",
  "rankingRules",
  "typoTolerance",
  "stopWords",
  "synonyms",
  "nonSeparatorTokens",
  "prefixSearch",
  "facetSearch",
  "pagination",
]);
const QUERY = new Set(["indexUid", "q", "filter", "sort", "limit", "matchingStrategy"]);

export function startMeilisearchStandIn(
  options: { readonly port?: number; readonly version?: string } = {},
): MeilisearchStandIn {
  const state = new StandIn(options.version ?? "1.22.0");
  const port = options.port ?? freePort();
  const server = Deno.serve(
    { port, hostname: "127.0.0.1", onListen: () => undefined },
    (request) => state.answer(request),
  );
  return {
    url: `http://127.0.0.1:${port}`,
    key: state.key,
    get failures() {
      return state.failures;
    },
    hold: (isHeld) => state.hold(isHeld),
    fail: (isFailing) => state.isFailing = isFailing,
    forget: () => state.indexes.clear(),
    text: () => JSON.stringify([...state.indexes.values()].map((each) => [...each.documents])),
    [Symbol.asyncDispose]: async () => {
      state.end();
      await server.shutdown();
    },
  };
}

class StandIn {
  readonly key = crypto.randomUUID();
  readonly indexes = new Map<string, Index>();
  isFailing = false;
  failures = 0;
  readonly #version: string;
  readonly #tasks: Task[] = [];
  #isHeld = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(version: string) {
    this.#version = version;
  }

  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#arm();
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  async answer(request: Request): Promise<Response> {
    try {
      this.#authorize(request);
      const text = await request.text();
      const body = text === "" ? undefined : JSON.parse(text);
      const { pathname, searchParams } = new URL(request.url);
      const { status, json } = this.#route(`${request.method} ${pathname}`, searchParams, body);
      return Response.json(json, { status });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { message, code, status } = error;
      const type = status === 401 || status === 403 ? "auth" : "invalid_request";
      const link = `https://docs.meilisearch.com/errors#${code}`;
      return Response.json({ message, code, type, link }, { status });
    }
  }

  #authorize(request: Request): void {
    const given = request.headers.get("authorization");
    if (given === null) {
      throw new Refusal(
        401,
        "missing_authorization_header",
        "The Authorization header is missing. It must use the bearer authorization method.",
      );
    }
    if (given !== `Bearer ${this.key}`) {
      throw new Refusal(403, "invalid_api_key", "The provided API key is invalid.");
    }
  }

  // deno-lint-ignore no-explicit-any -- bodies of a dozen shapes; what is read of them is checked
  #route(what: string, query: URLSearchParams, body: any): { status: number; json: unknown } {
    const ok = (json: unknown) => ({ status: 200, json });
    if (what === "GET /version") {
      return ok({ commitSha: "0", commitDate: "0", pkgVersion: this.#version });
    }
    if (what === "POST /multi-search") {
      return ok({
        results: body.queries.map((each: Record<string, unknown>) => this.#search(each)),
      });
    }
    if (what === "POST /indexes") return this.#enqueue(body.uid, () => this.#create(body));
    if (what === "GET /tasks") return ok(this.#taskList(query));
    const task = /^GET \/tasks\/(\d+)$/.exec(what);
    if (task !== null) return ok(this.#task(Number(task[1])));
    const [, method, uid = "", rest = ""] =
      /^(\w+) \/indexes\/([A-Za-z0-9_-]+)\/?(.*)$/.exec(what) ?? [];
    switch (`${method} ${rest}`) {
      case "GET ":
        return ok({ uid, createdAt: this.#index(uid).createdAt, primaryKey: "id" });
      case "PATCH settings":
        return this.#enqueue(uid, () => this.#configure(uid, body));
      case "POST documents":
        return this.#enqueue(uid, () => this.#add(uid, query.get("primaryKey"), body));
      case "POST documents/delete-batch":
        return this.#enqueue(uid, () => this.#remove(uid, body));
      case "POST documents/delete":
        return this.#enqueue(uid, () => this.#removeBy(uid, body.filter));
      case "POST documents/fetch":
        return ok(this.#fetch(uid, body));
    }
    throw new Refusal(404, "not_found", `The stand-in does not know ${what}.`);
  }

  #enqueue(indexUid: string, run: () => void): { status: number; json: unknown } {
    const uid = this.#tasks.length;
    this.#tasks.push({ uid, indexUid, status: "enqueued", error: null, run });
    this.#arm();
    return { status: 202, json: { taskUid: uid, indexUid, status: "enqueued" } };
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (!this.#isHeld) this.#timer = setTimeout(() => this.#work(), TASK_MS);
  }

  /** The next task, in the order they were taken. */
  #work(): void {
    const next = this.#tasks.find((each) => each.status === "enqueued");
    if (next === undefined) return;
    try {
      if (this.isFailing) throw new Refusal(500, "no_space_left_on_device", "No space is left.");
      next.run();
      next.status = "succeeded";
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.failures++;
      next.status = "failed";
      next.error = { message: error.message, code: error.code };
    }
    this.#arm();
  }

  #task(uid: number) {
    const task = this.#tasks[uid];
    if (task === undefined) throw new Refusal(404, "task_not_found", `Task ${uid} not found.`);
    return { uid, indexUid: task.indexUid, status: task.status, error: task.error };
  }

  #taskList(query: URLSearchParams) {
    const statuses = query.get("statuses")?.split(",") ?? [];
    const uids = query.get("indexUids")?.split(",") ?? [];
    const found = this.#tasks.filter((each) =>
      statuses.includes(each.status) && uids.includes(each.indexUid)
    );
    return { results: found.slice(0, Number(query.get("limit"))), total: found.length };
  }

  #create({ uid, primaryKey }: { uid: string; primaryKey: string }): void {
    if (this.indexes.has(uid)) {
      throw new Refusal(409, "index_already_exists", `Index \`${uid}\` already exists.`);
    }
    if (primaryKey !== "id") throw new Refusal(400, "bad_request", "The key is not id.");
    this.indexes.set(uid, {
      createdAt: `2026-01-01T00:00:00.${crypto.getRandomValues(new Uint32Array(1))[0]}Z`,
      documents: new Map(),
      settings: {},
    });
  }

  #configure(uid: string, settings: Settings): void {
    const unknown = Object.keys(settings).find((each) => !SETTINGS.has(each));
    if (unknown !== undefined) {
      throw new Refusal(400, "bad_request", `Unknown field \`${unknown}\`.`);
    }
    const index = this.#index(uid);
    index.settings = { ...index.settings, ...settings };
  }

  #add(uid: string, primaryKey: string | null, documents: readonly Doc[]): void {
    if (!this.indexes.has(uid)) this.#create({ uid, primaryKey: primaryKey ?? "" });
    for (const each of documents) {
      const id = String(each["id"]);
      if (!/^[A-Za-z0-9_-]{1,511}$/.test(id)) {
        throw new Refusal(400, "invalid_document_id", `Document identifier \`${id}\` is invalid.`);
      }
      this.#index(uid).documents.set(id, each);
    }
  }

  #remove(uid: string, ids: readonly string[]): void {
    for (const id of ids) this.#index(uid).documents.delete(id);
  }

  #removeBy(uid: string, filter: string): void {
    for (const each of this.#matching(uid, filter)) {
      this.#index(uid).documents.delete(String(each["id"]));
    }
  }

  #fetch(uid: string, body: { filter: string; fields: string[]; limit: number }) {
    const found = this.#matching(uid, body.filter);
    const results = found.slice(0, body.limit).map((each) => only(each, body.fields));
    return { results, offset: 0, limit: body.limit, total: found.length };
  }

  #search(query: Record<string, unknown>) {
    const unknown = Object.keys(query).find((each) => !QUERY.has(each));
    if (unknown !== undefined) {
      throw new Refusal(400, "bad_request", `Unknown field \`${unknown}\`.`);
    }
    const uid = String(query["indexUid"]);
    const { settings } = this.#index(uid);
    if (query["matchingStrategy"] !== "all") throw new Refusal(400, "bad_request", "Not all.");
    const { maxTotalHits } = settings["pagination"] as { maxTotalHits: number };
    const phrases = phrasesOf(String(query["q"]));
    const hits = this.#matching(uid, String(query["filter"]))
      .filter((each) => phrases.every((phrase) => ` ${each["words"]} `.includes(` ${phrase} `)))
      .sort(orderOf(query["sort"] as string[], settings));
    const limit = Math.min(Number(query["limit"]), maxTotalHits);
    return {
      indexUid: uid,
      hits: hits.slice(0, limit).map((each) =>
        only(each, settings["displayedAttributes"] as string[])
      ),
      estimatedTotalHits: Math.min(hits.length, maxTotalHits),
    };
  }

  #matching(uid: string, filter: string): Doc[] {
    const { documents, settings } = this.#index(uid);
    const allowed = settings["filterableAttributes"] as string[] ?? [];
    const parsed = parseFilter(filter, allowed);
    if ("problem" in parsed) throw new Refusal(400, "invalid_search_filter", parsed.problem);
    return [...documents.values()].filter(parsed.fits);
  }

  #index(uid: string): Index {
    const index = this.indexes.get(uid);
    if (index === undefined) {
      throw new Refusal(404, "index_not_found", `Index \`${uid}\` not found.`);
    }
    return index;
  }
}

/** A query of quoted phrases alone; of their words ten count. */
function phrasesOf(q: string): string[] {
  if (!/^("[^"]*"( |$))*$/.test(q)) throw new Refusal(400, "bad_request", `Not phrases: ${q}`);
  return [...q.matchAll(/"([^"]*)"/g)].map((match) =>
    (match[1] ?? "").split(" ").slice(0, 10).join(" ")
  );
}

function orderOf(sort: readonly string[], settings: Settings) {
  const keys = sort.map((each) => {
    const [name = "", direction] = each.split(":");
    if (!(settings["sortableAttributes"] as string[]).includes(name) || direction !== "desc") {
      throw new Refusal(400, "invalid_search_sort", `Attribute \`${each}\` is not sortable.`);
    }
    return name;
  });
  return (a: Doc, b: Doc) =>
    keys.map((key) => Number(b[key]) - Number(a[key])).find((each) => each !== 0) ?? 0;
}

function only(each: Doc, fields: readonly string[]): Doc {
  return Object.fromEntries(Object.entries(each).filter(([name]) => fields.includes(name)));
}
