// What is on record of a protocol besides its days: the ledger, restatements and claims.
import { day, moment, words } from "./format.js";
import { Delta, Told, Value } from "./numbers.jsx";
import { bySource, Card, cellsOf, Source, Table } from "./table.jsx";

const ENTRY = ["ref", "kind", "mechanism", "occurredAt", "usd", "tokens", "disposition", "confidence", "source", "sourceUrl"];

/** A quantity of an entry; its reason where its source does not give one. */
function Quantity({ entry, value, unit, lacks }) {
  const reason = value == null ? `The source gives no ${lacks}.` : null;
  const state = value == null ? "NOT_REPORTED" : "OK";
  return (
    <Value metric={{ value, unit, state, reason, windowEnd: entry.occurredAt.slice(0, 10), source: entry.source, note: entry.note }} />
  );
}

const entryCells = (entry) => [
  moment(entry.occurredAt),
  words(entry.kind),
  <Quantity entry={entry} value={entry.usd} unit="USD" lacks="US dollars" />,
  <Quantity entry={entry} value={entry.tokens} unit="TOKENS" lacks="number of tokens" />,
  words(entry.disposition),
  entry.note ? <Told why={entry.note}>{words(entry.confidence)}</Told> : words(entry.confidence),
  <Source {...entry} />,
];

export function Ledger({ ledger }) {
  const rows = ledger.nodes.map((entry) => ({ key: entry.ref, cells: entryCells(entry) }));
  const columns = [["When"], ["What"], ["US dollars", "n"], ["Tokens", "n"], ["Now"], ["Confidence"], ["Source"]];
  const aside = <span class="muted">{ledger.totalCount} on record: what was executed, not what was promised</span>;
  return (
    <Card title="Ledger" flush short table={cellsOf(ENTRY, bySource(ledger.nodes))} aside={aside}>
      <Table label="Ledger" columns={columns} rows={rows} empty="No purchase, burn or distribution is on record." />
    </Card>
  );
}

const RESTATED = ["metric", "day", "before", "after", "differencePct", "afterKnownAt", "cause", "source"];

function manyOf({ nodes, pageInfo }) {
  if (pageInfo.hasPreviousPage) return `the newest ${nodes.length}; there are more, which the API has with last and before`;
  return nodes.length ? `all ${nodes.length}` : "";
}

const NO_DIFFERENCE = "It is told where both numbers are known.";

function restatedCells({ metric, unit, source, day: on, before, after, differencePct, afterKnownAt, cause }) {
  const number = (value) => <Value metric={{ value, unit, state: "OK", windowEnd: on, source }} />;
  return [
    words(metric),
    day(on),
    number(before),
    after == null ? "withdrawn" : number(after),
    <Delta fraction={differencePct == null ? null : differencePct / 100} why={NO_DIFFERENCE} />,
    moment(afterKnownAt),
    cause,
  ];
}

export function Restatements({ restatements }) {
  const nodes = [...restatements.nodes].reverse();
  const rows = nodes.map((each) => ({ key: each.metric + each.day + each.afterKnownAt, cells: restatedCells(each) }));
  const columns = [["Of"], ["Day"], ["Was", "n"], ["Is", "n"], ["Difference", "n"], ["Known since"], ["Why", "wrap"]];
  const aside = <span class="muted">{manyOf(restatements)}</span>;
  return (
    <Card title="Restatements" flush short table={cellsOf(RESTATED, bySource(nodes))} aside={aside}>
      <Table label="Restatements" columns={columns} rows={rows} empty="No day has been restated." head={1} />
    </Card>
  );
}

const CLAIM = ["ref", "predicate", "value", "unit", "statedAsOf", "status", "source", "sourceUrl"];

const claimCells = (claim) => [
  claim.predicate,
  claim.value,
  claim.unit ?? "",
  claim.statedAsOf ?? "",
  words(claim.status),
  <Source {...claim} />,
];

export function Claims({ claims }) {
  const rows = claims.nodes.map((claim) => ({ key: claim.ref, cells: claimCells(claim) }));
  const columns = [["Said", "wrap"], ["Value", "wrap"], ["Unit", "wrap"], ["As of", "wrap"], ["Standing"], ["By", "wrap"]];
  const aside = <span class="muted">{claims.totalCount} claims, kept as they were made</span>;
  return (
    <Card title="What was said about it" flush short table={cellsOf(CLAIM, bySource(claims.nodes))} aside={aside}>
      <Table label="Claims" columns={columns} rows={rows} empty="Nobody is on record." />
    </Card>
  );
}
