/** A page that does nothing but scroll, and loads nothing but itself: what the browser itself costs. */
export function startBarePage(): AsyncDisposable & { readonly url: string } {
  const rows = Array.from({ length: 3000 }, (_, i) => `<p>number ${i} and some words</p>`).join("");
  const html = `<!DOCTYPE html><html lang="en"><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width"><title>Bare</title>` +
    `<style>body{margin:0}#box{height:100vh;overflow:auto;display:flex;` +
    `flex-direction:column-reverse}</style><main id="box"><div>${rows}</div></main></html>`;
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => undefined },
    () => new Response(html, { headers: { "content-type": "text/html; charset=utf-8" } }),
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
