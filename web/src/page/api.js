// Speaks with the public endpoint alone: GET with the SHA-256 of a document, which any HTTP cache may answer.
import documents from "documents";
import { fragmentOf } from "../share.js";

const ENDPOINT = "/graphql";
const MOST_SECONDS_APART = 15;

const persisted = (name) => ({ persistedQuery: { version: 1, sha256Hash: documents[name].hash } });

export async function query(name, variables, signal) {
  const parameters = new URLSearchParams({
    operationName: name,
    variables: JSON.stringify(variables),
    extensions: JSON.stringify(persisted(name)),
  });
  const accept = "application/graphql-response+json, application/json;q=0.9";
  const answer = await (await fetch(`${ENDPOINT}?${parameters}`, { signal, headers: { accept } })).json();
  if (!answer.data || answer.errors) throw new Error(answer.errors?.[0]?.message ?? "The answer holds no data.");
  return answer.data;
}

/** Events of a subscription over graphql-transport-ws, connecting again when cut; returns what ends it. */
export function subscribe(name, onEvent, onState) {
  let socket,
    timer,
    ended,
    failures = 0;
  const address = new URL(ENDPOINT, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  const answers = {
    connection_ack: () => {
      failures = 0;
      onState("live");
      const payload = { query: documents[name].text, operationName: name, extensions: persisted(name) };
      socket.send(JSON.stringify({ id: "1", type: "subscribe", payload }));
    },
    ping: () => socket.send('{"type":"pong"}'),
    next: (message) => onEvent(message.payload.data),
  };
  const connect = () => {
    socket = new WebSocket(address, "graphql-transport-ws");
    socket.onopen = () => socket.send('{"type":"connection_init"}');
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      answers[message.type]?.(message);
    };
    socket.onclose = () => {
      if (ended) return;
      onState("cut");
      timer = setTimeout(connect, Math.min(MOST_SECONDS_APART * 1000, 500 * 2 ** failures++));
    };
  };
  connect();
  return () => {
    ended = true;
    clearTimeout(timer);
    socket.close();
  };
}

export const textOf = (name) => documents[name].text;

export const ideLink = (name, variables) => `/graphiql${fragmentOf(textOf(name), JSON.stringify(variables, null, 2))}`;

export function curlOf(name, variables) {
  const body = JSON.stringify({ query: textOf(name), operationName: name, variables }).replaceAll("'", "'\\''");
  return `curl -s ${location.origin}${ENDPOINT} -H 'content-type: application/json' -d '${body}'`;
}
