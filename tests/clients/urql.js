// urql's core, whose every request takes text/event-stream too: a query, and a subscription over server-sent events.
import { Client, fetchExchange, gql } from "@urql/core";

/** Says when a stream is open: what is published before is not told. */
async function telling(...request) {
  const answer = await fetch(...request);
  if (answer.headers.get("content-type")?.startsWith("text/event-stream")) console.log(JSON.stringify("subscribed"));
  return answer;
}

const client = new Client({
  url: process.argv[2],
  exchanges: [fetchExchange],
  fetch: telling,
  fetchSubscriptions: true,
  preferGetMethod: false,
});

const { data, error } = await client.query(gql`{ protocols(first: 3) { nodes { slug } } }`, {}).toPromise();
if (error) throw error;
console.log(JSON.stringify(data.protocols.nodes.map(({ slug }) => slug)));

client.subscription(gql`subscription { epochPublished { number } }`, {}).subscribe(({ data: told, error: failed }) => {
  if (failed) throw failed;
  console.log(JSON.stringify(told));
  process.exit(0);
});
