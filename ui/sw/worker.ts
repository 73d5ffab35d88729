/**
 * The service worker: it keeps the scripts and styles of a build, and the page that starts the
 * app without a connection. It keeps no page and no answer of the API: what is on a page belongs
 * to who is signed in. What was read lies in lib/offline, and goes when the session ends.
 */
import { clearDevices } from "../lib/e2ee/clear_devices.ts";
import { clearOffline } from "../lib/offline/offline_db.ts";
import { placeNamed } from "../lib/store/place.ts";
import { hearPushes, type PushScope } from "./push.ts";
import { sealedScript } from "./sealed_script.ts";

/** Written in by the build: its id, and every file whose name changes with its content. */
declare const BUILD: string;
declare const FILES: readonly string[];

/** Files of the newest build and the one before: a tab that is still open may ask for them. */
const KEPT_BUILDS = 2;
const PREFIX = "og-";
const SHELL = "/offline";
/** Where a visitor who is not signed in ends up. */
const LOGIN = "/login";
/** Of a proxy that reaches no server, and of a server whose database is away. */
const NOT_WELL: ReadonlySet<number> = new Set([502, 503, 504]);
/** A page that has not begun to come by then is taken for lost. */
const PAGE_WAIT_MS = 10_000;

interface Lasting {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Lasting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Asking extends Lasting {
  readonly data: unknown;
  readonly ports: readonly MessagePort[];
}
interface Scope {
  addEventListener(kind: "install" | "activate", listener: (event: Lasting) => void): void;
  addEventListener(kind: "fetch", listener: (event: Fetching) => void): void;
  addEventListener(kind: "message", listener: (event: Asking) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  readonly location: { readonly origin: string };
}
const scope = self as unknown as Scope & PushScope;
const cacheName = PREFIX + BUILD;

/** In the visitor's language and look: both are cookies. */
async function keepShell(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.add(new Request(SHELL, { credentials: "same-origin", cache: "reload" }));
}

async function install(): Promise<void> {
  // What a worker has not loaded by now it never may.
  sealedScript(scope);
  const cache = await caches.open(cacheName);
  await Promise.all([cache.addAll([...FILES]), keepShell()]);
}

/** Caches are listed in the order they were made. */
async function dropOldBuilds(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  const others = names.filter((name) => name !== cacheName);
  const old = others.slice(0, Math.max(0, others.length - (KEPT_BUILDS - 1)));
  await Promise.all(old.map((name) => caches.delete(name)));
  await scope.clients.claim();
}

async function kept(request: Request): Promise<Response> {
  return await caches.match(request, { ignoreVary: true }) ?? await fetch(request);
}

function tooLate(): Promise<never> {
  const late = AbortSignal.timeout(PAGE_WAIT_MS);
  return new Promise((_, reject) => {
    late.addEventListener("abort", () => reject(late.reason));
  });
}

/**
 * The server's page, always; without an answer the shell, which reads what is kept here. Where a
 * server that is not well answers for a place of the chat, too; other pages say what is wrong.
 */
async function page(event: Fetching): Promise<Response> {
  const { request } = event;
  try {
    const answer = await Promise.race([fetch(request), tooLate()]);
    // The login page is shown to nobody who is signed in: a session has ended.
    const { pathname } = new URL(request.url);
    if (answer.ok && pathname === LOGIN) {
      event.waitUntil(Promise.all([clearOffline(), clearDevices()]));
    }
    if (!NOT_WELL.has(answer.status) || placeNamed(pathname) === undefined) return answer;
    return await shell() ?? answer;
  } catch (error) {
    const kept = await shell();
    if (kept) return kept;
    throw error;
  }
}

function shell(): Promise<Response | undefined> {
  return caches.match(SHELL, { cacheName });
}

scope.addEventListener("install", (event) => event.waitUntil(install()));
scope.addEventListener("activate", (event) => event.waitUntil(dropOldBuilds()));

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== scope.location.origin) return;
  if (url.pathname.startsWith("/client/")) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(kept(request));
});

hearPushes(scope);

scope.addEventListener("message", (event) => {
  if (event.data === "build") event.ports[0]?.postMessage(BUILD);
  if (event.data === "activate") void scope.skipWaiting();
  if (event.data === "shell") event.waitUntil(keepShell());
  if (event.data === "claim") event.waitUntil(scope.clients.claim());
});
