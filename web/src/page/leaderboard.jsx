import { useEffect, useMemo, useState } from "preact/hooks";
import { Spark } from "./chart.jsx";
import { daysOf, Days } from "./days.jsx";
import { compact, day, daysAgo, percent, words } from "./format.js";
import { AsOf, Card, Choice, Delta, Link, Origin, Screen, Table, Tile, Value, through, useAt, useQuery } from "./parts.jsx";

const ORDERS = {
  revenue: ["Revenue", [{ key: "REVENUE" }]],
  holders: ["To holders", [{ key: "HOLDERS_REVENUE" }]],
  payout: ["Paid out", [{ key: "PAYOUT_RATIO" }]],
  name: ["Name", [{ name: true, direction: "ASC" }]],
};
const CHIPS = 9;
const YEAR = 365;

/** What a provider said its last 30 days were, of protocols whose days are not on record. */
function reported(claims, predicate) {
  return claims.nodes.find((claim) => claim.predicate === predicate);
}

function Reported({ claim }) {
  if (!claim) return <span class="none">no data</span>;
  return <span data-why={`DefiLlama said ${claim.value} US dollars on ${claim.statedAsOf}; its days are not on record.`}>{compact(claim.value)}</span>;
}

function Payout({ metric }) {
  if (metric.value == null) return <Value metric={metric} />;
  return (
    <span class="meter" data-why={metric.reason}>
      <meter min={0} max={1} value={metric.value} aria-label="Part of revenue paid out" /> {percent(metric.value)}
    </span>
  );
}

const byKey = (metrics) => Object.fromEntries(metrics.map((metric) => [metric.key, metric]));

function rowOf({ rank, node }) {
  const metrics = byKey(node.metrics);
  const weeks = node.series[0].points.map(({ value }) => (value == null ? null : Number(value)));
  const name = (
    <Link to={`/p/${node.slug}${location.search}`} class="who">
      <b>{node.name}</b>
      <small>{[node.token?.symbol ?? "no token", ...node.sectors.map((sector) => sector.name)].join(" · ")}</small>
    </Link>
  );
  const cells = [
    name,
    <Value metric={metrics.REVENUE} />,
    <Delta fraction={metrics.REVENUE.growth} />,
    <Reported claim={reported(node.claims, "revenue over 30 days")} />,
    <Reported claim={reported(node.claims, "holders revenue over 30 days")} />,
    <Value metric={metrics.HOLDERS_REVENUE} />,
    <Value metric={metrics.BUYBACK_EXECUTED} />,
    <Value metric={metrics.BURNED} />,
    <Payout metric={metrics.PAYOUT_RATIO} />,
    <Spark values={weeks.slice(0, weeks.findLastIndex((value) => value != null) + 1)} label={`Revenue of ${node.name} by week over a year`} />,
  ];
  return { key: node.slug, rank, cells };
}

function tableOf(edges) {
  const names = ["REVENUE", "HOLDERS_REVENUE", "BUYBACK_EXECUTED", "BURNED", "PAYOUT_RATIO"];
  const values = ({ node }) => names.map((name) => byKey(node.metrics)[name].value);
  return [["slug", "name", ...names], ...edges.map((edge) => [edge.node.slug, edge.node.name, ...values(edge)])];
}

function useFind() {
  const [text, setText] = useState(""), [settled, setSettled] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text.trim()), 250);
    return () => clearTimeout(timer);
  }, [text]);
  return [text, setText, settled];
}

export function Leaderboard({ search }) {
  const at = useAt(search);
  const [order, setOrder] = useState("revenue"), [sector, setSector] = useState(null), [first, setFirst] = useState(30);
  const [text, setText, found] = useFind();
  const variables = useMemo(() => {
    const where = { ...(sector ? { sector: [sector] } : {}), ...(found ? { text: found } : {}) };
    return { from: daysAgo(YEAR), to: daysAgo(0), at, order: ORDERS[order][1], where, first };
  }, [at, order, sector, found, first]);
  const state = useQuery("Leaderboard", variables);
  const days = useMemo(() => (state.data?.market ? daysOf(state.data.market.series) : []), [state.data]);
  useEffect(() => void (document.title = "Accrual · what protocols earn"), []);
  return (
    <Screen state={state}>
      {({ epoch, epochs, market, protocols }) => {
        const metrics = byKey(market?.metrics ?? []);
        const why = (key) => metrics[key]?.methodology && `${metrics[key].methodology.meaning}\n${metrics[key].methodology.nullRule}`;
        const sectors = protocols.facets.find(({ name }) => name === "sector")?.buckets ?? [];
        const chips = [[null, "All"], ...sectors.slice(0, CHIPS).map(({ value, count }) => [value, `${words(value)} ${count}`])];
        if (sector && !chips.some(([key]) => key === sector)) chips.push([sector, words(sector)]);
        const columns = [
          ["Protocol"], ["Revenue, 30 d", "n", why("REVENUE")], ["Change", "n"],
          ["As reported once", "n", "What DefiLlama itself reported as revenue of 30 days, once: a claim and no series."],
          ["To holders, as reported", "n", "What DefiLlama itself reported for 30 days, once: a claim and no series."],
          ["To holders, 30 d", "n", why("HOLDERS_REVENUE")],
          ["Buybacks", "n", why("BUYBACK_EXECUTED")], ["Burns", "n", why("BURNED")], ["Paid out"], ["By week, a year"],
        ];
        return (
          <>
            <section class="hero">
              <h1>What protocols earn, and what reaches holders</h1>
              <p>
                Revenue is known through {day(through(epoch, "REVENUE"))}. Each number has its source, and says why where there is none.{" "}
                <a href="/graphiql">Query it</a>, or <a href="/docs">read the schema</a>.
              </p>
            </section>
            {market && (
              <dl class="tiles">
                <Tile label="Revenue, 30 days" metric={metrics.REVENUE} tone="rev" />
                <Tile label="To holders, 30 days" metric={metrics.HOLDERS_REVENUE} />
                <Tile label="Buybacks, 30 days" metric={metrics.BUYBACK_EXECUTED} tone="bb" />
                <Tile label="Burns, 30 days" metric={metrics.BURNED} tone="bu" />
              </dl>
            )}
            <AsOf at={at} epochs={epochs.nodes} epoch={epoch} newest={through(epoch, "REVENUE")} />
            <Days title="All protocols on record, per day" days={days} height={240} />
            <Card
              title="Leaderboard"
              flush
              aside={
                <>
                  <Choice label="Order by" value={order} options={Object.entries(ORDERS).map(([key, [label]]) => [key, label])} onChange={setOrder} />
                  <Choice look="chips" label="Sector" value={sector} options={chips} onChange={setSector} />
                  <input type="search" placeholder="Find a protocol" aria-label="Find a protocol" value={text} onInput={(event) => setText(event.target.value)} />
                </>
              }
            >
              <Table label="Leaderboard" columns={columns} rows={protocols.edges.map(rowOf)} empty="No protocol is like this." />
              <p class="more muted">
                {protocols.edges.length} of {protocols.totalCount}{" "}
                {protocols.edges.length < Math.min(protocols.totalCount, 45) && first < 45 && <button type="button" class="btn ghost" onClick={() => setFirst(45)}>Show more</button>}
              </p>
            </Card>
            <Origin name="Leaderboard" variables={variables} table={tableOf(protocols.edges)} />
          </>
        );
      }}
    </Screen>
  );
}
