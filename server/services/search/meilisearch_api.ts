import { z } from "zod";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Secret } from "../../config/secret.ts";
import { IndexError } from "./message_index.ts";

/** One request, with its answer. */
const REQUEST_MAX_MS = 10_000;
/** A page of hits with the words of each is far smaller. */
const ANSWER_MAX_BYTES = 64 * 1024 ** 2;
/** A batch that is indexed in none of this is asked for again later. */
const TASK_MAX_MS = 60_000;
const TASK_POLL_MS = 20;
const TASK_POLL_MAX_MS = 500;

export interface MeilisearchAddress {
  readonly url: string;
  readonly key: Secret;
}

type Method = "GET" | "POST" | "PATCH";

const enqueued = z.object({ taskUid: z.number() });
const task = z.object({
  status: z.enum(["enqueued", "processing", "succeeded", "failed", "canceled"]),
  error: z.object({ message: z.string(), code: z.string() }).nullish(),
});
const taskList = z.object({ total: z.number() });
const refusal = z.object({ message: z.string(), code: z.string() });
const version = z.object({ pkgVersion: z.string() });

/** Meilisearch cannot be reached, or refused what was asked of it; the message names what to do. */
export class MeilisearchError extends IndexError {
  override readonly name = "MeilisearchError";

  constructor(
    message: string,
    /** Meilisearch's own: `index_not_found`; `unreachable` where it did not answer. */
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Meilisearch's HTTP API (meilisearch.com/docs/reference/api), as far as the index uses it. */
export class MeilisearchApi {
  readonly #address: MeilisearchAddress;
  readonly #clock: Clock;
  readonly #ending: AbortSignal;

  /** With `ending` it waits for nothing more. */
  constructor(address: MeilisearchAddress, clock: Clock, ending: AbortSignal) {
    this.#address = address;
    this.#clock = clock;
    this.#ending = ending;
  }

  /** @throws MeilisearchError */
  async ask<T>(
    answer: z.ZodType<T>,
    method: Method,
    path: string,
    body?: unknown,
  ): Promise<T> {
    const { status, text } = await this.#send(method, path, body);
    const parsed = answer.safeParse(jsonOf(text));
    if (status < 300 && parsed.success) return parsed.data;
    throw this.#refused(`${method} ${path}`, status, text);
  }

  /** Asks for something that Meilisearch does later; the number of its task. */
  async enqueue(method: Method, path: string, body: unknown): Promise<number> {
    return (await this.ask(enqueued, method, path, body)).taskUid;
  }

  /** Waits until a task has succeeded. @throws MeilisearchError where it failed or takes long */
  async finished(taskUid: number): Promise<void> {
    await this.#until(`task ${taskUid}`, async () => {
      const { status, error } = await this.ask(task, "GET", `/tasks/${taskUid}`);
      if (status === "failed" || status === "canceled") {
        const { message = status, code = status } = error ?? {};
        throw new MeilisearchError(`Meilisearch's task ${taskUid} failed: ${message}`, code);
      }
      return status === "succeeded";
    });
  }

  /** Waits until nothing is on its way into an index, whoever asked for it. */
  async idle(index: string): Promise<void> {
    const path = `/tasks?indexUids=${index}&statuses=enqueued,processing&limit=1`;
    await this.#until("its tasks", async () => {
      return (await this.ask(taskList, "GET", path)).total === 0;
    });
  }

  async version(): Promise<string> {
    return (await this.ask(version, "GET", "/version")).pkgVersion;
  }

  async #until(what: string, isDone: () => Promise<boolean>): Promise<void> {
    const end = this.#clock.monotonic() + TASK_MAX_MS;
    for (let pause = TASK_POLL_MS; !await isDone(); pause = Math.min(pause * 2, TASK_POLL_MAX_MS)) {
      if (this.#clock.monotonic() > end) {
        const seconds = TASK_MAX_MS / 1000;
        throw new MeilisearchError(`Meilisearch did not end ${what} within ${seconds} s.`, "slow");
      }
      await this.#clock.sleep(pause, this.#ending);
    }
  }

  async #send(method: Method, path: string, body: unknown) {
    const { url, key } = this.#address;
    try {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key.reveal()}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: "error",
        signal: AbortSignal.any([this.#ending, AbortSignal.timeout(REQUEST_MAX_MS)]),
      });
      return { status: response.status, text: await textOf(response) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new MeilisearchError(
        `Meilisearch at ${url} could not be reached: ${reason}`,
        "unreachable",
        { cause: error },
      );
    }
  }

  #refused(what: string, status: number, text: string): MeilisearchError {
    const { url } = this.#address;
    const { data } = refusal.safeParse(jsonOf(text));
    if (data === undefined) {
      return new MeilisearchError(
        `What answers at ${url} is no Meilisearch: ${status} to ${what}.`,
        "unknown_answer",
      );
    }
    if (status === 401 || status === 403) {
      return new MeilisearchError(
        `Meilisearch at ${url} does not accept search.meilisearch_key for ${what}: ${data.message}`,
        data.code,
      );
    }
    return new MeilisearchError(
      `Meilisearch at ${url} refused ${what}: ${data.message}`,
      data.code,
    );
  }
}

async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > ANSWER_MAX_BYTES) throw new Error(`its answer is over ${ANSWER_MAX_BYTES} bytes`);
    parts.push(part);
  }
  return await new Blob(parts).text();
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
