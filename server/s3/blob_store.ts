import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { Readable } from "node:stream";
import { assertBlobKey } from "../../core/ids/blob_key.ts";
import type { BlobInfo, BlobStore, ByteRange } from "../../core/ports/blob_store.ts";
import { awayCode } from "../system/away.ts";
import { S3Error } from "./s3_error.ts";

/** Bodies above this go up in parts, so that a lost connection repeats one part, not all. */
const MULTIPART_FROM_BYTES = 8 * 1024 * 1024;
const PART_BYTES = 8 * 1024 * 1024;
const CONNECT_MS = 10_000;
/** Until an answer begins; each request is tried three times. What is read may be read slowly. */
const ANSWER_MS = 20_000;
/** The same, for one that brings a part: the slowest line that counts as one makes 70 kB/s. */
const STORED_MS = 120_000;
/** Parts in flight: with the part size it bounds the memory of one upload. */
const PARTS_IN_FLIGHT = 2;

export interface S3Settings {
  /** Absent for Amazon's own. */
  readonly endpoint?: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** `https://host/bucket/key` instead of `https://bucket.host/key`. */
  readonly pathStyle: boolean;
  /** Put before every key, `[0-9A-Za-z/_-]*`: several servers can share a bucket. */
  readonly prefix?: string;
  /** How long every answer may take to begin, instead of what is usual (ms). */
  readonly answerMs?: number;
}

/** Blobs in an S3 bucket. Sends plain signed requests that servers other than Amazon's know. */
export class S3BlobStore implements BlobStore, Disposable {
  readonly #client: S3Client;
  readonly #settings: S3Settings;
  readonly #prefix: string;
  readonly #quick: { readonly requestTimeout: number };

  constructor(settings: S3Settings) {
    this.#settings = settings;
    this.#prefix = settings.prefix ?? "";
    this.#quick = { requestTimeout: settings.answerMs ?? ANSWER_MS };
    this.#client = new S3Client({
      ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
      region: settings.region,
      forcePathStyle: settings.pathStyle,
      credentials: {
        accessKeyId: settings.accessKeyId,
        secretAccessKey: settings.secretAccessKey,
      },
      requestHandler: {
        connectionTimeout: CONNECT_MS,
        requestTimeout: settings.answerMs ?? STORED_MS,
        throwOnRequestTimeout: true,
      },
      // The trailing checksums of newer clients are refused by many S3 servers.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
    });
  }

  /** Asks the bucket for a key: throws `S3Error` with advice when address, key or name is wrong. */
  async check(): Promise<void> {
    try {
      const { bucket } = this.#settings;
      await this.#client.send(new HeadBucketCommand({ Bucket: bucket }), this.#quick);
      const first = new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 });
      await this.#client.send(first, this.#quick);
    } catch (error) {
      throw this.#explained("check", error);
    }
  }

  #address(key: string): { Bucket: string; Key: string } {
    assertBlobKey(key);
    return { Bucket: this.#settings.bucket, Key: this.#prefix + key };
  }

  async put(key: string, body: ReadableStream<Uint8Array>, size: number): Promise<void> {
    const address = this.#address(key);
    const abort = new AbortController();
    const source = Readable.from(exactly(body, size));
    try {
      if (size > MULTIPART_FROM_BYTES) {
        const upload = new Upload({
          client: this.#client,
          params: { ...address, Body: source },
          partSize: PART_BYTES,
          queueSize: PARTS_IN_FLIGHT,
          leavePartsOnError: false,
          abortController: abort,
        });
        await upload.done();
      } else {
        // A small body is held whole: its length is proven before the first byte is sent.
        const bytes = await gather(source, size);
        await this.#client.send(
          new PutObjectCommand({ ...address, Body: bytes, ContentLength: size }),
        );
      }
    } catch (error) {
      throw this.#explained(`store ${key}`, error);
    } finally {
      source.destroy();
    }
  }

  async get(key: string, range?: ByteRange): Promise<ReadableStream<Uint8Array> | undefined> {
    try {
      const answer = await this.#client.send(
        new GetObjectCommand({
          ...this.#address(key),
          ...(range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` }),
        }),
        this.#quick,
      );
      if (answer.Body === undefined) return undefined;
      return answer.Body.transformToWebStream() as ReadableStream<Uint8Array>;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 416) {
        throw new RangeError(`range ${range?.start}-${range?.end} of ${key} is outside it`);
      }
      throw this.#explained(`read ${key}`, error);
    }
  }

  async head(key: string): Promise<BlobInfo | undefined> {
    try {
      const command = new HeadObjectCommand(this.#address(key));
      const answer = await this.#client.send(command, this.#quick);
      return { key, size: answer.ContentLength ?? 0 };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw this.#explained(`look up ${key}`, error);
    }
  }

  async delete(key: string): Promise<void> {
    try {
      await this.#client.send(new DeleteObjectCommand(this.#address(key)), this.#quick);
    } catch (error) {
      if (isAbsent(error)) return;
      throw this.#explained(`delete ${key}`, error);
    }
  }

  async *list(prefix: string): AsyncIterable<BlobInfo> {
    let token: string | undefined;
    do {
      const page = await this.#page(prefix, token);
      for (const item of page.Contents ?? []) {
        if (item.Key === undefined) continue;
        yield { key: item.Key.slice(this.#prefix.length), size: item.Size ?? 0 };
      }
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async #page(prefix: string, token: string | undefined) {
    try {
      return await this.#client.send(
        new ListObjectsV2Command({
          Bucket: this.#settings.bucket,
          Prefix: this.#prefix + prefix,
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
        this.#quick,
      );
    } catch (error) {
      throw this.#explained(`list ${prefix}`, error);
    }
  }

  /** The answers an administrator can do something about, in words. */
  #explained(action: string, error: unknown): unknown {
    const { bucket, accessKeyId } = this.#settings;
    const where = `bucket ${JSON.stringify(bucket)} at ${this.#settings.endpoint ?? "Amazon S3"}`;
    if (error instanceof S3ServiceException) {
      const status = error.$metadata.httpStatusCode;
      if (status === 401 || status === 403) {
        return new S3Error(
          `S3 could not ${action}: ${where} refused access key ${JSON.stringify(accessKeyId)} ` +
            `(${error.name}). Check the access key, its secret, its rights and the clock.`,
          { cause: error },
        );
      }
      if (status === 404) {
        return new S3Error(`S3 could not ${action}: ${where} does not exist. Create it first.`, {
          cause: error,
        });
      }
      if (status === 301 || status === 307) {
        return new S3Error(`S3 could not ${action}: ${where} is in another region.`, {
          cause: error,
        });
      }
    }
    const code = awayCode(error);
    if (code !== undefined) {
      return new S3Error(`S3 could not ${action}: ${where} cannot be reached (${code}).`, {
        cause: error,
      });
    }
    return error;
  }

  [Symbol.dispose](): void {
    this.#client.destroy();
  }
}

/** Fails a body that is longer or shorter than announced before its end is reported. */
async function* exactly(
  body: ReadableStream<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for await (const chunk of body) {
    seen += chunk.length;
    if (seen > size) throw new Error(`blob body is longer than the ${size} bytes announced`);
    yield chunk;
  }
  if (seen !== size) throw new Error(`blob body ended after ${seen} of ${size} bytes announced`);
}

async function gather(source: AsyncIterable<Uint8Array>, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for await (const chunk of source) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

function isAbsent(error: unknown): boolean {
  return error instanceof S3ServiceException &&
    (error.name === "NoSuchKey" || error.name === "NotFound");
}
