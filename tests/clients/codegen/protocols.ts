// Under --strict: every field that may be null has to be asked for it, and decimals stay strings.
import { graphql } from "./generated/gql.js";
import type { ProtocolsOfQuery } from "./generated/graphql.js";

export const ProtocolsOf = graphql(`
  query ProtocolsOf($sector: SectorKey!) {
    protocols(first: 10, where: { sector: [$sector] }) {
      nodes { id slug token { symbol } revenue(window: D30) { value state reason } }
    }
  }
`);

export function knownRevenue(data: ProtocolsOfQuery): Map<string, string> {
  const known = new Map<string, string>();
  for (const { slug, revenue } of data.protocols.nodes) {
    if (revenue.value != null) known.set(slug, revenue.value);
  }
  return known;
}

export const symbols = (data: ProtocolsOfQuery): string[] =>
  data.protocols.nodes.map(({ token }) => token?.symbol ?? "none");

// @ts-expect-error a value may be unknown, and is no number
export const wrong = (data: ProtocolsOfQuery): number => data.protocols.nodes[0].revenue.value;
