// Subscribes over graphql-transport-ws (graphql-ws) or server-sent events (graphql-sse); prints each event as JSON.
import { createClient as socketClient } from "graphql-ws";
import { createClient as streamClient } from "graphql-sse";
import WebSocket from "ws";

const [transport, url, query, wanted] = process.argv.slice(2);
const client =
  transport === "ws"
    ? socketClient({ url: url.replace("http", "ws"), webSocketImpl: WebSocket, retryAttempts: 0 })
    : streamClient({ url, retryAttempts: 0 });

let seen = 0;
for await (const event of client.iterate({ query })) {
  console.log(JSON.stringify(event));
  if (++seen === Number(wanted)) break;
}
await client.dispose();
process.exit(0);
