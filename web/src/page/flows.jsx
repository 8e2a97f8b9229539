import { useEffect, useMemo } from "preact/hooks";
import { go, searchWith } from "./address.js";
import { Chart } from "./chart.jsx";
import { day, daysAgo, shortDay } from "./format.js";
import { Card, Choice, Origin, Screen, Table, Value, useQuery } from "./parts.jsx";

const NONE = {};
const INTERVALS = [["DAY", "Days"], ["WEEK", "Weeks"], ["MONTH", "Months"]];
const SPANS = { DAY: 180, WEEK: 365, MONTH: 1_095 };
const bucket = ({ on, end }) => (on === end ? day(on) : `${shortDay(on)} – ${day(end)}`);
const only = (flows, fits) => flows.map(({ netUsd }) => (fits(Number(netUsd)) ? netUsd : null));
const MOST_FUNDS = 6;

const amount = (flow) => ({ value: flow.netUsd, state: flow.state, reason: flow.reason, unit: "USD" });

function FlowTable({ flows }) {
  const sizes = new Map();
  for (const { byFund } of flows)
    for (const { fund, netUsd } of byFund) sizes.set(fund.ticker, (sizes.get(fund.ticker) ?? 0) + Math.abs(netUsd));
  const funds = [...sizes].sort((one, other) => other[1] - one[1]).slice(0, MOST_FUNDS).map(([ticker]) => ticker);
  const rows = [...flows].reverse().slice(0, 60).map((flow) => {
    const byTicker = Object.fromEntries(flow.byFund.map((each) => [each.fund.ticker, each]));
    const cells = funds.map((ticker) => (byTicker[ticker] ? <Value metric={amount(byTicker[ticker])} /> : <span class="none">no data</span>));
    return { key: flow.on, cells: [bucket(flow), <Value metric={amount(flow)} />, ...cells] };
  });
  return <Table label="Net flows by time and fund" columns={[["When"], ["Net", "n"], ...funds.map((ticker) => [ticker, "n"])]} rows={rows} empty="No day of these is on record." />;
}

/** The tokens of whose funds any flow is known, that of the most funds first. */
function assetsOf(funds) {
  const bySlug = new Map();
  for (const { underlying, netFlow } of funds) {
    const day = netFlow.coverage?.lastDay;
    if (!underlying || !day) continue;
    const { count, last } = bySlug.get(underlying.slug) ?? { count: 0, last: day };
    bySlug.set(underlying.slug, { slug: underlying.slug, symbol: underlying.symbol.toUpperCase(), count: count + 1, last: day > last ? day : last });
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
        if (!assets.length) return <div class="card"><h1>Flows of exchange-traded funds</h1><p class="empty">No flow of a fund is on record.</p></div>;
        return <Known assets={assets} search={search} />;
      }}
    </Screen>
  );
}

function Known({ assets, search }) {
  const named = new URLSearchParams(search);
  const { slug: asset, symbol, last } = assets.find(({ slug }) => slug === named.get("asset")) ?? assets[0];
  const interval = Object.hasOwn(SPANS, named.get("interval")) ? named.get("interval") : "DAY";
  const pick = (name, standard) => (value) => go(location.pathname + searchWith(search, { [name]: value === standard ? null : value }), true);
  const variables = useMemo(() => ({ asset, from: daysAgo(SPANS[interval], last), to: last, interval }), [asset, interval, last]);
  const state = useQuery("Flows", variables);
  const flows = state.data?.fundFlows;
  const chart = useMemo(
    () =>
      flows && {
        days: flows.map(({ on }) => on),
        step: { DAY: 1, WEEK: 7, MONTH: 30 }[interval],
        series: [
          { label: "Into the funds", kind: "bars", tone: "bb", silent: true, values: only(flows, (net) => net >= 0) },
          { label: "Out of the funds", kind: "bars", tone: "bu", silent: true, values: only(flows, (net) => net < 0) },
        ],
      },
    [flows],
  );
  const table = [["first", "last", "netUsd", "state"], ...(flows ?? []).map(({ on, end, netUsd, state: how }) => [on, end, netUsd, how])];
  const byFund = [["first", "last", "fund", "netUsd", "state"], ...(flows ?? []).flatMap(({ on, end, byFund: parts }) => parts.map((part) => [on, end, part.fund.ticker, part.netUsd, part.state]))];
  return (
    <Screen state={state}>
      {() => (
        <>
          <section class="hero"><h1>Flows of exchange-traded funds</h1><p>Net creations of shares in US dollars, by trading day. Known through {day(last)}.</p></section>
          <Card title="Net flow" table={table} aside={<><Choice look="chips" label="Asset" value={asset} options={assets.map((each) => [each.slug, each.symbol])} onChange={pick("asset", assets[0].slug)} /><Choice label="By" value={interval} options={INTERVALS} onChange={pick("interval", "DAY")} /></>}>
            {chart.days.length ? <Chart {...chart} label={`Net flows of ${symbol} funds`} /> : <p class="empty">No day of these is on record.</p>}
          </Card>
          <Card title="By fund" flush short table={byFund} aside={<span class="muted">the newest 60; the largest funds of these</span>}><FlowTable flows={flows} /></Card>
          <Origin name="Flows" variables={variables} table={table} />
        </>
      )}
    </Screen>
  );
}
