// Relay's runtime on what its compiler made: two pages of one connection in its store, and a refetch through node.
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const { Environment, Network, RecordSource, Store, createOperationDescriptor, fetchQuery, getRequest } = require("relay-runtime");
const { default: pageQuery } = await import("./relay/__generated__/queriesPageQuery.graphql.js");
const { default: moreQuery } = await import("./relay/__generated__/queriesMoreQuery.graphql.js");
const { default: refetchQuery } = await import("./relay/__generated__/queriesProtocolRefetchQuery.graphql.js");

const send = async ({ text, name }, variables) => {
  const headers = { "content-type": "application/json", accept: "application/graphql-response+json" };
  const body = JSON.stringify({ query: text, operationName: name, variables });
  return (await fetch(process.argv[2], { method: "POST", headers, body })).json();
};
const store = new Store(new RecordSource());
const environment = new Environment({ network: Network.create(send), store });

/** Kept, or the store's collection would drop what nobody watches. */
async function fetched(query, variables) {
  environment.retain(createOperationDescriptor(getRequest(query), variables));
  await fetchQuery(environment, query, variables).toPromise();
}

await fetched(pageQuery, { first: 2 });
const records = () => store.getSource().toJSON();
const connection = () => Object.values(records()).find((record) => record.__id?.endsWith("__queries_protocols_connection"));
const pageInfo = () => records()[connection().pageInfo.__ref];
const first = pageInfo();
await fetched(moreQuery, { first: 2, after: first.endCursor });
const slugs = connection().edges.__refs.map((edge) => records()[records()[edge].node.__ref].slug);

const id = Object.values(records()).find((record) => record.slug === slugs[0]).id;
await fetched(refetchQuery, { id });
const refetched = records()[id];
console.log(JSON.stringify({ slugs, refetched: refetched.slug, hasRevenue: Object.keys(refetched).some((key) => key.startsWith("revenue")) }));
