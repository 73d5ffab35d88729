/** The control of `start.ts`: what the runtime itself takes to answer, and to be there. */
Deno.serve({ port: Number(Deno.args[0]), hostname: "127.0.0.1" }, () => new Response("here\n"));
