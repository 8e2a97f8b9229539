import { useEffect, useMemo } from "preact/hooks";
import { knowledgeOf } from "./address.js";
import { AsOf, useAt } from "./asof.jsx";
import { daysOf, Days } from "./days.jsx";
import { day, plainly, spanAt, words } from "./format.js";
import { byKey, Value } from "./numbers.jsx";
import { Avatar, Link, Origin, Screen, Tile, useQuery } from "./parts.jsx";
import { Policies } from "./policies.jsx";
import { Claims, Ledger, Restatements } from "./records.jsx";
import { Card, cellsOf, Table } from "./table.jsx";

const NEWEST = 30;
const CONVENTIONS = ["ttm", "scaled", "runRate", "ttmDiluted", "runRateDiluted", "holders"];
const YEARLY = {
  TTM: "last twelve months",
  TTM_OR_SCALED: "all known days, scaled to a year",
  RUN_RATE_30D_365_30: "last 30 days × 365 ÷ 30",
};
const MULTIPLES = { PS: "Price to revenue", PE_HOLDERS: "Price to holders’ revenue" };

const VALUED = ["key", "annualization", "supplyBasis", "value", "state", "reason"];

function Valuation({ protocol }) {
  const metrics = CONVENTIONS.map((name) => protocol[name]);
  const cells = (metric) => [
    MULTIPLES[metric.key],
    YEARLY[metric.annualization],
    words(metric.supplyBasis),
    <Value metric={metric} />,
    plainly(metric.reason) ?? "",
  ];
  const rows = metrics.map((metric, place) => ({ key: CONVENTIONS[place], cells: cells(metric) }));
  const columns = [["Multiple"], ["A year is"], ["Supply"], ["Value", "n"], ["Why not", "wrap"]];
  return (
    <Card title="Valuation by convention" flush table={cellsOf(VALUED, metrics)}>
      <Table label="Valuation" columns={columns} rows={rows} />
    </Card>
  );
}

/** What is known of it and until when, in words. */
function knownTo({ ledger }, days) {
  const last = days.findLast((each) => each.REVENUE?.value != null);
  if (last) return `days of revenue to ${day(last.start)}`;
  const entries = ledger.nodes.map(({ occurredAt }) => occurredAt.slice(0, 10)).sort();
  return entries.length ? `no days of revenue; a ledger to ${day(entries.at(-1))}` : "no days of revenue";
}

function Head({ protocol, days, search }) {
  const facts = [...protocol.sectors.map(({ name }) => name), ...protocol.chains.map(({ name }) => name)].slice(0, 8);
  return (
    <>
      <nav class="crumbs" aria-label="Breadcrumb">
        <Link to={`/${knowledgeOf(search)}`}>Leaderboard</Link> <span aria-hidden="true">/</span>{" "}
        <span aria-current="page">{protocol.name}</span>
      </nav>
      <section class="hero row">
        <Avatar name={protocol.name} big />
        <div>
          <h1>
            {protocol.name} {protocol.token && <span class="tok">{protocol.token.symbol}</span>}
          </h1>
          <p>
            {facts.join(" · ") || words(protocol.kind)}
            {` · ${knownTo(protocol, days)}`}
          </p>
        </div>
      </section>
      {protocol.description && <p class="about">{protocol.description}</p>}
    </>
  );
}

function Tiles({ protocol }) {
  const metrics = byKey(protocol.metrics);
  const year = byKey(protocol.year);
  const shown = (key) => ({ metric: metrics[key], year: year[key] });
  return (
    <dl class="tiles">
      <Tile label="Revenue, 30 days" {...shown("REVENUE")} tone="rev" />
      <Tile label="To holders, 30 days" {...shown("HOLDERS_REVENUE")} />
      <Tile label="Buybacks, 30 days" {...shown("BUYBACK_EXECUTED")} tone="bb" />
      <Tile label="Burns, 30 days" {...shown("BURNED")} tone="bu" />
      <Tile label="Paid out, 30 days" {...shown("PAYOUT_RATIO")} />
      <Tile label="Fees, 30 days" {...shown("FEES")} />
      <Tile label="Price" metric={protocol.price} />
      <Tile label="Market cap" metric={protocol.marketCap} />
    </dl>
  );
}

const DAYS = ["REVENUE", "BUYBACK_EXECUTED", "BURNED"];
const NOT_REPORTED = { value: null, state: "NOT_REPORTED", reason: "No source has a number of this day." };

/** What holds for every day of a series: its unit and method, and who says what is known of the year. */
function behindOf({ series, metrics, year }) {
  const said = byKey([...metrics, ...year].filter(({ source }) => source));
  return byKey(series.map(({ key, unit, methodology }) => ({ key, unit, methodology, source: said[key]?.source })));
}

function Newest({ protocol, days, table }) {
  const behind = behindOf(protocol);
  const point = (each) => (each?.value == null ? { ...NOT_REPORTED, ...each } : each);
  const cells = (each) => [
    day(each.start),
    ...DAYS.map((key) => <Value metric={{ ...behind[key], ...point(each[key]), windowEnd: each.start }} />),
    Math.max(...DAYS.map((key) => each[key]?.revision ?? 0)),
  ];
  const newest = days.slice(-NEWEST).reverse();
  const columns = [
    ["Day"],
    ["Revenue", "n"],
    ["Buybacks", "n"],
    ["Burns", "n"],
    ["Restated", "n", "How often one of the three was replaced."],
  ];
  return (
    <Card title="Newest days" flush short table={table} aside={<span class="muted">UTC days, US dollars; * is provisional</span>}>
      <Table
        label="Newest days"
        columns={columns}
        rows={newest.map((each) => ({ key: each.start, cells: cells(each) }))}
        empty="No day is on record: only what was said about it, below."
      />
    </Card>
  );
}

const tableOf = (days) => [
  ["day", "revenue", "buybacks", "burns", "provisional", "revision"],
  ...days.map((each) => [each.start, ...DAYS.map((key) => each[key]?.value), each.REVENUE?.provisional, each.REVENUE?.revision]),
];

export function Protocol({ slug, search }) {
  const at = useAt(search);
  const variables = useMemo(() => ({ slug, ...spanAt(at), at }), [slug, at]);
  const state = useQuery("Protocol", variables);
  const protocol = state.data?.protocol;
  const days = useMemo(() => (protocol ? daysOf(protocol.series) : []), [protocol]);
  useEffect(() => void (document.title = `${protocol?.name ?? slug} · Accrual`), [protocol, slug]);
  return (
    <Screen state={state} search={search}>
      {({ epochs, known, restatements }) => {
        if (!protocol)
          return (
            <div class="card failed">
              <h1>No protocol “{slug}”</h1>
              <p>Not at epoch {known.nodes[0].number}.</p>
              <Link to="/" class="btn">
                To the leaderboard
              </Link>
            </div>
          );
        const table = tableOf(days);
        return (
          <>
            <Head protocol={protocol} days={days} search={search} />
            <Tiles protocol={protocol} />
            <AsOf search={search} epochs={epochs.nodes} known={known.nodes} />
            {days.length === 0 && <Claims claims={protocol.claims} />}
            <Days title="Revenue against buybacks and burns" days={days} height={320} />
            <Policies policies={protocol.policies} />
            <Valuation protocol={protocol} />
            <Ledger ledger={protocol.ledger} />
            <Restatements restatements={restatements} />
            <Newest protocol={protocol} days={days} table={table} />
            {days.length > 0 && <Claims claims={protocol.claims} />}
            <Origin name="Protocol" variables={variables} table={table} />
          </>
        );
      }}
    </Screen>
  );
}
