import { useEffect, useMemo, useState } from "preact/hooks";
import { Chart } from "./chart.jsx";
import { day, daysAgo } from "./format.js";
import { Card, Choice, Origin, Screen, Table, Value, through, useQuery } from "./parts.jsx";

const ASSETS = ["btc", "eth", "sol", "hype"].map((asset) => [asset, asset.toUpperCase()]);
const SPANS = [[30, "30 days"], [180, "180 days"], [365, "A year"]];
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
    return { key: flow.on, cells: [day(flow.on), <Value metric={amount(flow)} />, ...cells] };
  });
  return <Table label="Net flows by day and fund" columns={[["Day"], ["Net", "n"], ...funds.map((ticker) => [ticker, "n"])]} rows={rows} empty="No day of these is on record." />;
}

export function Flows() {
  const [asset, setAsset] = useState("btc"), [span, setSpan] = useState(180);
  const variables = useMemo(() => ({ asset, from: daysAgo(span), to: daysAgo(0) }), [asset, span]);
  const state = useQuery("Flows", variables);
  const flows = state.data?.fundFlows;
  const chart = useMemo(
    () => flows && { days: flows.map(({ on }) => on), series: [{ label: "Net flow", kind: "bars", tone: "bb", values: flows.map(({ netUsd }) => netUsd) }] },
    [flows],
  );
  useEffect(() => void (document.title = "Fund flows · Accrual"), []);
  return (
    <Screen state={state}>
      {({ epoch }) => (
        <>
          <section class="hero"><h1>Flows of exchange-traded funds</h1><p>Net creations of shares in US dollars, by trading day. Known through {day(through(epoch, "FUNDS"))}.</p></section>
          <Card title="Net flow per day" aside={<><Choice look="chips" label="Asset" value={asset} options={ASSETS} onChange={setAsset} /><Choice label="Span" value={span} options={SPANS} onChange={setSpan} /></>}>
            {chart.days.length ? <Chart {...chart} label={`Net flows of ${asset.toUpperCase()} funds`} /> : <p class="empty">No day of these is on record.</p>}
          </Card>
          <Card title="By fund" flush short aside={<span class="muted">the newest 60 days; the largest funds of the span</span>}><FlowTable flows={flows} /></Card>
          <Origin name="Flows" variables={variables} table={[["day", "netUsd", "state"], ...flows.map(({ on, netUsd, state: how }) => [on, netUsd, how])]} />
        </>
      )}
    </Screen>
  );
}
