import { promisify } from "node:util";
import { gzip } from "node:zlib";

const pack = promisify(gzip);
/** Pages that fit into one packet gain nothing. Bytes. */
const LEAST_BYTES = 1400;
/** A page of 100 KB takes 1 ms so, beside the thread that answers, and is an eighth of its size. */
const LEVEL = 5;

/**
 * A page for a browser that takes gzip. `filler`: text that nobody knows before, of which a part
 * of unknown length goes along: how long the answer is tells less of what stands in the page
 * beside what others can put there (BREACH).
 */
export async function packPage(
  page: Response,
  request: Request,
  filler: string,
): Promise<Response> {
  const type = page.headers.get("content-type") ?? "";
  if (!type.startsWith("text/html") || request.method === "HEAD") return page;
  page.headers.append("vary", "accept-encoding");
  if (!/\bgzip\b/.test(request.headers.get("accept-encoding") ?? "")) return page;
  const { status, headers } = page;
  const html = await page.text();
  if (html.length < LEAST_BYTES) return new Response(html, { status, headers });
  const comment = `<!--${filler.slice(0, filler.charCodeAt(0) % filler.length)}-->`;
  const body = await pack(html + comment, { level: LEVEL });
  headers.set("content-encoding", "gzip");
  headers.set("content-length", String(body.length));
  return new Response(new Uint8Array(body), { status, headers });
}
