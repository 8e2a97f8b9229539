// Apollo Client 4: a query, its next page through the cache's relay policy, a persisted document, and a refusal.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { relayStylePagination } from "@apollo/client/utilities";

const uri = process.argv[2];
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const persisted = new PersistedQueryLink({ sha256, useGETForHashedQueries: true });
const client = new ApolloClient({
  link: persisted.concat(new HttpLink({ uri })),
  cache: new InMemoryCache({ typePolicies: { Query: { fields: { protocols: relayStylePagination(["where", "orderBy"]) } } } }),
});

const PROTOCOLS = gql`
  query Protocols($after: String) {
    protocols(first: 3, after: $after) {
      edges { cursor node { id slug revenue(window: D30) { value state reason } } }
      pageInfo { hasNextPage endCursor }
    }
  }
`;
const watched = client.watchQuery({ query: PROTOCOLS });
/** What is watched is told a tick later, and again when a page is added. */
const holding = (count) =>
  new Promise((resolve) => watched.subscribe(({ data }) => data?.protocols?.edges.length === count && resolve(data)));
const first = await holding(3);
await watched.fetchMore({ variables: { after: first.protocols.pageInfo.endCursor } });
const both = await holding(6);

const refused = await client.query({ query: gql`query { protocol(by: { id: "nonsense" }) { name } }` }).catch((error) => error);
assert(CombinedGraphQLErrors.is(refused), String(refused));

console.log(JSON.stringify({ slugs: both.protocols.edges.map(({ node }) => node.slug), code: refused.errors[0].extensions.code }));
process.exit(0);
