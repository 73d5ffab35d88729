import { engineHeaders, serviceWorkerHeaders, workerHeaders } from "./content_policy.ts";

/** Where the texts of an island are: what it starts with, and what its later parts need as well. */
export interface TextUrls {
  readonly first: string;
  readonly later: string | undefined;
}

/** The worker that holds a device's end of the encryption, among the data of the manifest. */
export const ENGINE_FILE = "e2ee.js";
/** The one that seals and opens the frames of calls. */
export const VOICE_FILE = "voice.js";
/** What the service worker opens encrypted messages with. */
export const SEALED_FILE = "sealed.js";
export const WORKER_URL = "/sw.js";
/** The id of the build alone: pages that stay open ask for it. */
export const BUILD_URL = "/build.txt";

/** What `dev.ts` wrote about the client side: urls of scripts and styles, files to serve. */
export interface AssetManifest {
  readonly build: string;
  readonly styles: readonly string[];
  /** Where each island is, what takes it over, and what both load. */
  readonly islands: Readonly<
    Record<string, { url: string; boot: string; preload: readonly string[] }>
  >;
  /** Modules with the texts of each island, by language and island. */
  readonly texts: Readonly<Record<string, Readonly<Record<string, TextUrls>>>>;
  /** Data files by their plain name: `emoji.json`, and for another language `emoji-de.json`. */
  readonly data: Readonly<Record<string, string>>;
  /** What the worker of encryption fetches when it needs it. */
  readonly engineParts: readonly string[];
  readonly files: readonly { url: string; file: string; type: string; immutable: boolean }[];
}

interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly gzip: Uint8Array<ArrayBuffer> | undefined;
  readonly type: string;
  readonly immutable: boolean;
}

export interface Assets {
  readonly manifest: AssetManifest;
  serve(request: Request, pathname: string): Response | undefined;
}

async function readOptional(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Loads the build output once. `root` is the `_fresh` folder, resolved by the caller: inside the
 * executable it is not beside this file.
 */
export async function loadAssets(root: string): Promise<Assets> {
  const manifest = JSON.parse(
    await Deno.readTextFile(`${root}/manifest.json`),
  ) as AssetManifest;
  const files = new Map<string, Asset>();
  for (const { url, file, type, immutable } of manifest.files) {
    files.set(url, {
      bytes: await Deno.readFile(`${root}/${file}`),
      gzip: await readOptional(`${root}/${file}.gz`),
      type,
      immutable,
    });
  }
  const policies = new Map([
    [manifest.data[ENGINE_FILE], engineHeaders()],
    [manifest.data[VOICE_FILE], workerHeaders()],
    [WORKER_URL, serviceWorkerHeaders()],
  ]);
  return {
    manifest,
    serve(request, pathname) {
      const asset = files.get(pathname);
      if (!asset || (request.method !== "GET" && request.method !== "HEAD")) return undefined;
      const headers = new Headers({
        ...policies.get(pathname),
        "content-type": asset.type,
        "cache-control": asset.immutable
          ? "public, max-age=31536000, immutable"
          : "public, max-age=300",
        "x-content-type-options": "nosniff",
        "vary": "accept-encoding",
      });
      let body = asset.bytes;
      if (asset.gzip && /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "")) {
        headers.set("content-encoding", "gzip");
        body = asset.gzip;
      }
      headers.set("content-length", String(body.length));
      return new Response(request.method === "HEAD" ? null : body, { headers });
    },
  };
}
