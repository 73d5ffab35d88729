/** The control of `fanout.ts`: the smallest WebSocket server, sending a message's text to all. */
import { serveLines } from "./part.ts";

/** As long as a message's frame. */
const TEXT = JSON.stringify({ op: "dispatch", t: "message.create", d: "x".repeat(760), pos: "p" });

const sockets = new Set<WebSocket>();
const server = Deno.serve(
  { port: 0, hostname: "127.0.0.1", onListen: () => undefined },
  (asked) => {
    const { socket, response } = Deno.upgradeWebSocket(asked, { idleTimeout: 0 });
    socket.onopen = () => sockets.add(socket);
    return response;
  },
);
console.log(JSON.stringify({ port: server.addr.port }));
await serveLines(() => {
  for (const socket of sockets) socket.send(TEXT);
  return Promise.resolve({});
});
