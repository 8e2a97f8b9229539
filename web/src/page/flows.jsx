import { useEffect, useMemo } from "preact/hooks";
import { go, searchWith } from "./address.js";
import { Chart } from "./chart.jsx";
import { day, daysAgo, shortDay } from "./format.js";
import { Value } from "./numbers.jsx";
import { Choice, Origin, Screen, useQuery } from "./parts.jsx";
import { bySource, Card, cellsOf, Table } from "./table.jsx";

const NONE = {};
const INTERVALS = [
  ["DAY", "Days"],
  ["WEEK", "Weeks"],
  ["MONTH", "Months"],
];
const SPANS = { DAY: 180, WEEK: 365, MONTH: 1_095 };
const bucket = ({ on, end }) => (on === end ? day(on) : `${shortDay(on)} – ${day(end)}`);
const only = (flows, fits) => flows.map(({ netUsd }) => (fits(Number(netUsd)) ? netUsd : null));
const MOST_FUNDS = 6;
const MOST_ROWS = 60;

const SUM = { meaning: "The sum of the funds where all have reported, else the total as a source states it." };

const amount = ({ netUsd: value, state, reason, source, methodology }, { on: windowStart, end: windowEnd }) => ({
  ...{ value, state, reason, source, methodology },
  ...{ unit: "USD", windowStart, windowEnd },
});

/** What a fund took in a bucket; a fund that is neither reported nor waited for has no part in it. */
const partOf = (flow, ticker) => flow.byFund.find(({ fund }) => fund.ticker === ticker) ?? NO_PART;
const NO_PART = { netUsd: null, state: "NOT_REPORTED", reason: "No source has this fund then, and none is waited for." };

const bySize = (flows) => {
  const sizes = new Map();
  for (const { byFund } of flows)
    for (const { fund, netUsd } of byFund) sizes.set(fund.ticker, (sizes.get(fund.ticker) ?? 0) + Math.abs(netUsd));
  return [...sizes].sort((one, other) => other[1] - one[1]).map(([ticker]) => ticker);
};

function FlowTable({ flows }) {
  const funds = bySize(flows).slice(0, MOST_FUNDS);
  const newest = flows.slice(-MOST_ROWS).reverse();
  const numbers = (flow) => [{ ...flow, methodology: SUM }, ...funds.map((ticker) => partOf(flow, ticker))];
  const rows = newest.map((flow) => ({
    key: flow.on,
    cells: [bucket(flow), ...numbers(flow).map((each) => <Value metric={amount(each, flow)} />)],
  }));
  return (
    <Table
      label="Net flows by time and fund"
      columns={[["When"], ["Net", "n"], ...funds.map((ticker) => [ticker, "n"])]}
      rows={rows}
      empty="No day of these is on record."
    />
  );
}

/** The tokens of whose funds any flow is known, that of the most funds first. */
function assetsOf(funds) {
  const bySlug = new Map();
  for (const { underlying, netFlow } of funds) {
    const day = netFlow.coverage?.lastDay;
    if (!underlying || !day) continue;
    const { count, last } = bySlug.get(underlying.slug) ?? { count: 0, last: day };
    bySlug.set(underlying.slug, {
      slug: underlying.slug,
      symbol: underlying.symbol.toUpperCase(),
      count: count + 1,
      last: day > last ? day : last,
    });
  }
  return [...bySlug.values()].sort((one, other) => other.count - one.count);
}

/** What there is comes first: flows are asked for up to the last day of it, whatever day it is. */
export function Flows({ search }) {
  const state = useQuery("Funds", NONE);
  useEffect(() => void (document.title = "Fund flows · Accrual"), []);
  return (
    <Screen state={state}>
      {({ funds }) => {
        const assets = assetsOf(funds.nodes);
        if (!assets.length)
          return (
            <div class="card">
              <h1>Flows of exchange-traded funds</h1>
              <p class="empty">No flow of a fund is on record.</p>
            </div>
          );
        const sources = Object.fromEntries(funds.nodes.map(({ ticker, netFlow }) => [ticker, netFlow.source]));
        return <Known assets={assets} sources={sources} search={search} />;
      }}
    </Screen>
  );
}

const chartOf = (flows, interval) => ({
  days: flows.map(({ on }) => on),
  step: { DAY: 1, WEEK: 7, MONTH: 30 }[interval],
  series: [
    { label: "Into the funds", kind: "bars", tone: "bb", silent: true, values: only(flows, (net) => net >= 0) },
    { label: "Out of the funds", kind: "bars", tone: "bu", silent: true, values: only(flows, (net) => net < 0) },
  ],
});

/** Who says what is known of a fund says each of its flows: asked once, and not of every day. */
const withSources = (flows, sources) =>
  flows.map((flow) => ({ ...flow, byFund: flow.byFund.map((part) => ({ ...part, source: sources[part.fund.ticker] })) }));

const partsOf = ({ on, end, byFund }) => byFund.map((part) => ({ ...part, on, end, ticker: part.fund.ticker }));

function Known({ assets, sources, search }) {
  const named = new URLSearchParams(search);
  const { slug: asset, symbol, last } = assets.find(({ slug }) => slug === named.get("asset")) ?? assets[0];
  const interval = Object.hasOwn(SPANS, named.get("interval")) ? named.get("interval") : "DAY";
  const pick = (name, standard) => (value) =>
    go(location.pathname + searchWith(search, { [name]: value === standard ? null : value }), true);
  const variables = useMemo(() => ({ asset, from: daysAgo(SPANS[interval], last), to: last, interval }), [asset, interval, last]);
  const state = useQuery("Flows", variables);
  const flows = useMemo(() => state.data && withSources(state.data.fundFlows, sources), [state.data]);
  const chart = useMemo(() => flows && chartOf(flows, interval), [flows]);
  const table = cellsOf(["on", "end", "netUsd", "state"], flows ?? []);
  const byFund = cellsOf(["on", "end", "ticker", "netUsd", "state", "source"], bySource((flows ?? []).flatMap(partsOf)));
  return (
    <Screen state={state}>
      {() => (
        <>
          <section class="hero">
            <h1>Flows of exchange-traded funds</h1>
            <p>Net creations of shares in US dollars, by trading day. Known through {day(last)}.</p>
          </section>
          <Card
            title="Net flow"
            table={table}
            aside={
              <>
                <Choice
                  look="chips"
                  label="Asset"
                  value={asset}
                  options={assets.map((each) => [each.slug, each.symbol])}
                  onChange={pick("asset", assets[0].slug)}
                />
                <Choice label="By" value={interval} options={INTERVALS} onChange={pick("interval", "DAY")} />
              </>
            }
          >
            {chart.days.length ? (
              <Chart {...chart} label={`Net flows of ${symbol} funds`} />
            ) : (
              <p class="empty">No day of these is on record.</p>
            )}
          </Card>
          <Card title="By fund" flush short table={byFund} aside={<span class="muted">the newest 60; the largest funds of these</span>}>
            <FlowTable flows={flows} />
          </Card>
          <Origin name="Flows" variables={variables} table={table} />
        </>
      )}
    </Screen>
  );
}
