// What relay-compiler reads: a page of protocols, and one of them again by its id.
import { graphql } from "relay-runtime";

export const page = graphql`
  query queriesPageQuery($first: Int!, $after: String) {
    ...queriesProtocols @arguments(first: $first, after: $after)
  }
`;

export const protocols = graphql`
  fragment queriesProtocols on Query
  @argumentDefinitions(first: { type: "Int!" }, after: { type: "String" })
  @refetchable(queryName: "queriesMoreQuery") {
    protocols(first: $first, after: $after) @connection(key: "queries_protocols") {
      edges { node { id slug name } }
      pageInfo { endCursor hasNextPage }
    }
  }
`;

export const again = graphql`
  query queriesAgainQuery($id: ID!) {
    node(id: $id) {
      ...queriesProtocol @alias(as: "protocol")
    }
  }
`;

export const protocol = graphql`
  fragment queriesProtocol on Protocol @refetchable(queryName: "queriesProtocolRefetchQuery") {
    id
    slug
    revenue(window: D30) { value state }
  }
`;
