import { useEffect, useMemo, useState } from "preact/hooks";
import { Chart } from "./chart.jsx";
import { day, daysAgo, shortDay } from "./format.js";
import { Card, Choice, Origin, Screen, Table, Value, through, useQuery } from "./parts.jsx";

const ASSETS = ["btc", "eth", "sol", "hype"].map((asset) => [asset, asset.toUpperCase()]);
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

export function Flows() {
  const [asset, setAsset] = useState("btc"), [interval, setInterval] = useState("DAY");
  const variables = useMemo(() => ({ asset, from: daysAgo(SPANS[interval]), to: daysAgo(0), interval }), [asset, interval]);
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
  useEffect(() => void (document.title = "Fund flows · Accrual"), []);
  return (
    <Screen state={state}>
      {({ epoch }) => (
        <>
          <section class="hero"><h1>Flows of exchange-traded funds</h1><p>Net creations of shares in US dollars, by trading day. Known through {day(through(epoch, "FUNDS"))}.</p></section>
          <Card title="Net flow" table={table} aside={<><Choice look="chips" label="Asset" value={asset} options={ASSETS} onChange={setAsset} /><Choice label="By" value={interval} options={INTERVALS} onChange={setInterval} /></>}>
            {chart.days.length ? <Chart {...chart} label={`Net flows of ${asset.toUpperCase()} funds`} /> : <p class="empty">No day of these is on record.</p>}
          </Card>
          <Card title="By fund" flush short table={byFund} aside={<span class="muted">the newest 60; the largest funds of these</span>}><FlowTable flows={flows} /></Card>
          <Origin name="Flows" variables={variables} table={table} />
        </>
      )}
    </Screen>
  );
}
