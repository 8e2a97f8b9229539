import { useEffect, useMemo, useState } from "preact/hooks";
import { go, knowledgeOf, searchWith } from "./address.js";
import { query } from "./api.js";
import { AsOf, spanOf, through, useAt } from "./asof.jsx";
import { Spark } from "./chart.jsx";
import { daysOf, Days } from "./days.jsx";
import { compact, day, percent, plainly, spanAt, words } from "./format.js";
import { about, Barred, byKey, Delta, Told, Value } from "./numbers.jsx";
import { Avatar, Choice, Link, Origin, Screen, Tile, useQuery } from "./parts.jsx";
import { Card, Table } from "./table.jsx";

const ORDERS = {
  revenue: ["Revenue", "REVENUE"],
  holders: ["To holders", "HOLDERS_REVENUE"],
  payout: ["Paid out", "PAYOUT_RATIO"],
  name: ["Name"],
};
const WINDOWS = { D7: "7 days", D30: "30 days", D90: "90 days", D365: "1 year" };
const SHOWN = ["REVENUE", "HOLDERS_REVENUE", "BUYBACK_EXECUTED", "BURNED", "PAYOUT_RATIO"];
// Where the first does not tell protocols apart: those of whom anything is known before those of whom nothing is.
const THEN = [
  { key: "REVENUE", window: "ALL" },
  { key: "BUYBACK_EXECUTED", window: "D365" },
  { key: "BURNED", window: "D365" },
  { key: "MARKET_CAP", window: "D365" },
];
// What the next page has is what one operation may cost without a key.
const FEW = 20;
const NEXT = 45;
const WEEKS = 52;

/** What a provider said its last 30 days were, of protocols whose days are not on record. */
const saidOf = ({ claims }, predicate) => claims.nodes.find((claim) => claim.predicate === `${predicate} over 30 days`);

/** Where the days are not on record, what was said of them: a claim, and marked so. */
function Said({ metric, claim, children }) {
  if (metric.value != null || !claim) return children;
  const said = `DefiLlama said ${claim.value} US dollars of 30 days on ${claim.statedAsOf}: a claim, and no series of days.`;
  return (
    <Told class="said" why={`${about(metric)}\n${said}`}>
      {compact(claim.value)} <small>said</small>
    </Told>
  );
}

function Payout({ metric }) {
  if (metric.value == null) return <Value metric={metric} />;
  return (
    <Told class="meter" why={about(metric)} data-value={metric.value}>
      <meter min={0} max={1} value={metric.value} aria-label="Part of revenue paid out" /> {percent(metric.value)}
    </Told>
  );
}

function rowOf({ rank, node }, most, search, window) {
  const metrics = byKey(node.metrics);
  const claim = (predicate) => (window === "D30" ? saidOf(node, predicate) : null);
  const weeks = node.series[0].points.map(({ value }) => (value == null ? null : Number(value)));
  const name = (
    <Link to={`/p/${node.slug}${knowledgeOf(search)}`} class="who">
      <Avatar name={node.name} />
      <span>
        <b>{node.name}</b>
        <small>{[node.token?.symbol ?? "no token", ...node.sectors.map((sector) => sector.name)].join(" · ")}</small>
      </span>
    </Link>
  );
  const cells = [
    rank,
    name,
    <Said metric={metrics.REVENUE} claim={claim("revenue")}>
      <Barred metric={metrics.REVENUE} most={most} />
    </Said>,
    <Delta fraction={metrics.REVENUE.growth} />,
    <Said metric={metrics.HOLDERS_REVENUE} claim={claim("holders revenue")}>
      <Value metric={metrics.HOLDERS_REVENUE} />
    </Said>,
    <Value metric={metrics.BUYBACK_EXECUTED} />,
    <Value metric={metrics.BURNED} />,
    <Payout metric={metrics.PAYOUT_RATIO} />,
    <Value metric={node.marketCap} />,
    <Spark
      values={weeks.slice(0, weeks.findLastIndex((value) => value != null) + 1).slice(-WEEKS)}
      label={`Revenue of ${node.name} by week over a year`}
    />,
  ];
  return { key: node.slug, cells };
}

function columnsOf(metrics, window, order) {
  const why = (key) => metrics[key]?.methodology && plainly(`${metrics[key].methodology.meaning}\n${metrics[key].methodology.nullRule}`);
  const sorted = (name) => (order === name ? (name === "name" ? "ascending" : "descending") : undefined);
  return [
    ["#", "n muted rank"],
    ["Protocol", "named", undefined, sorted("name")],
    [`Revenue, ${WINDOWS[window]}`, "n bar", why("REVENUE"), sorted("revenue")],
    ["Change", "n", "Against the window before."],
    ["To holders", "n", why("HOLDERS_REVENUE"), sorted("holders")],
    ["Buybacks", "n", why("BUYBACK_EXECUTED")],
    ["Burns", "n", why("BURNED")],
    ["Paid out", "", undefined, sorted("payout")],
    ["Market cap", "n", "The last that is known of a year; point at one for its day."],
    ["By week", "", "The weeks of a year; gaps where nothing is known."],
  ];
}

function tableOf(edges) {
  const values = ({ node }) => SHOWN.map((name) => byKey(node.metrics)[name].value);
  const said = ({ node }) => ["revenue", "holders revenue"].map((predicate) => saidOf(node, predicate)?.value);
  const names = [...SHOWN, "REVENUE_growth", "MARKET_CAP", "revenue_30d_said", "holders_revenue_30d_said"];
  const rows = edges.map((edge) => [
    edge.rank,
    edge.node.slug,
    edge.node.name,
    ...values(edge),
    byKey(edge.node.metrics).REVENUE.growth,
    edge.node.marketCap.value,
    ...said(edge),
  ]);
  return [["rank", "slug", "name", ...names], ...rows];
}

/** What is typed is asked for a moment later, and stands in the address. */
function useFind(search) {
  const asked = new URLSearchParams(search).get("find") ?? "";
  const [text, setText] = useState(asked);
  useEffect(() => {
    if (text.trim() === asked) return undefined;
    const timer = setTimeout(() => go(location.pathname + searchWith(location.search, { find: text.trim() }), true), 250);
    return () => clearTimeout(timer);
  }, [text, asked]);
  return [text, setText, asked];
}

/** The pages after the first one of `key`: their edges, whether there are more, what went wrong, and what asks for the next. */
function useOnward(variables, first) {
  const key = JSON.stringify(variables);
  const [state, setState] = useState({});
  const { edges, pageInfo, error, waiting } = state.key === key ? state : { edges: [] };
  const last = pageInfo ?? first?.pageInfo;
  const onward = async () => {
    setState({ key, edges, pageInfo, waiting: true });
    const told = await query("Leaderboard", { ...variables, first: NEXT, after: last.endCursor, onward: true }).then(
      ({ protocols }) => ({ key, edges: [...edges, ...protocols.edges], pageInfo: protocols.pageInfo }),
      (failed) => ({ key, edges, pageInfo, error: failed }),
    );
    setState((now) => (now.key === key ? told : now));
  };
  return { edges, more: last?.hasNextPage, error, waiting, onward };
}

function variablesOf({ at, order, window, sector, found }) {
  const key = ORDERS[order][1];
  return {
    ...spanAt(at),
    at,
    window,
    order: key ? [{ key, window }, ...THEN] : [{ name: true, direction: "ASC" }],
    where: { ...(sector ? { sector: [sector] } : {}), ...(found ? { text: found } : {}) },
    first: FEW,
  };
}

function Head({ epoch, metrics }) {
  return (
    <section class="hero">
      <h1>What protocols earn, and what reaches holders</h1>
      <p>
        Revenue is known through {day(through(epoch, "REVENUE"))}; these windows are {spanOf(metrics.REVENUE)}. Each number has its source,
        and says why where there is none. <a href="/graphiql">Query it</a> or <a href="/docs">read the schema</a>.
      </p>
    </section>
  );
}

function List({ protocols, edges, names, metrics, search, asked, next }) {
  const { order, window, sector, text, setText } = asked;
  const pick = (name, standard) => (value) =>
    go(location.pathname + searchWith(search, { [name]: value === standard ? null : value }), true);
  const sectors = protocols.facets.find(({ name }) => name === "sector")?.buckets ?? [];
  const nameOf = (key) => names.find((each) => each.key === key)?.name ?? key;
  const chips = [[null, "All"], ...sectors.map(({ value, count }) => [value, `${nameOf(value)} ${count}`])];
  if (sector && !chips.some(([key]) => key === sector)) chips.push([sector, nameOf(sector)]);
  const most = Math.max(1, ...edges.map(({ node }) => Number(byKey(node.metrics).REVENUE.value ?? 0)));
  return (
    <Card
      title="Leaderboard"
      flush
      table={tableOf(edges)}
      aside={
        <>
          <Choice
            label="Order by"
            value={order}
            options={Object.entries(ORDERS).map(([key, [label]]) => [key, label])}
            onChange={pick("order", "revenue")}
          />
          <Choice label="Window" value={window} options={Object.entries(WINDOWS)} onChange={pick("window", "D30")} />
          <input
            type="search"
            placeholder="Find a protocol"
            aria-label="Find a protocol"
            value={text}
            onInput={(event) => setText(event.target.value)}
          />
          <Choice look="chips" label="Sector" value={sector} options={chips} onChange={pick("sector")} />
        </>
      }
    >
      <Table
        label="Leaderboard"
        head={1}
        columns={columnsOf(metrics, window, order)}
        rows={edges.map((edge) => rowOf(edge, most, search, window))}
        empty="No protocol is like this."
      />
      <p class="more muted">
        {edges.length} of {protocols.totalCount}{" "}
        {next.more && (
          <button type="button" class="btn ghost" disabled={next.waiting} onClick={next.onward}>
            Show more
          </button>
        )}
        {next.error && <span role="alert"> {plainly(next.error.message)}</span>}
      </p>
    </Card>
  );
}

export function Leaderboard({ search }) {
  const at = useAt(search);
  const [text, setText, found] = useFind(search);
  const named = new URLSearchParams(search);
  const order = Object.hasOwn(ORDERS, named.get("order")) ? named.get("order") : "revenue";
  const window = Object.hasOwn(WINDOWS, named.get("window")) ? named.get("window") : "D30";
  const sector = named.get("sector");
  const variables = useMemo(() => variablesOf({ at, order, window, sector, found }), [at, order, window, sector, found]);
  const state = useQuery("Leaderboard", variables);
  const next = useOnward(variables, state.data?.protocols);
  const days = useMemo(() => (state.data?.market ? daysOf(state.data.market.series) : []), [state.data]);
  useEffect(() => void (document.title = "Accrual · what protocols earn"), []);
  return (
    <Screen state={state} search={search}>
      {({ epochs, known, market, protocols, sectors }) => {
        const edges = [...protocols.edges, ...next.edges];
        const metrics = byKey(market?.metrics ?? []);
        const year = byKey(market?.year ?? []);
        const shown = (key) => ({ metric: metrics[key], year: window === "D365" ? undefined : year[key] });
        return (
          <>
            {market && <Head epoch={known.nodes[0]} metrics={metrics} />}
            {market && (
              <dl class="tiles">
                <Tile label={`Revenue, ${WINDOWS[window]}`} {...shown("REVENUE")} tone="rev" />
                <Tile label={`To holders, ${WINDOWS[window]}`} {...shown("HOLDERS_REVENUE")} />
                <Tile label={`Buybacks, ${WINDOWS[window]}`} {...shown("BUYBACK_EXECUTED")} tone="bb" />
                <Tile label={`Burns, ${WINDOWS[window]}`} {...shown("BURNED")} tone="bu" />
              </dl>
            )}
            <AsOf search={search} epochs={epochs.nodes} known={known.nodes} />
            <Days title="All protocols on record, per day" days={days} height={240} />
            <List
              protocols={protocols}
              edges={edges}
              names={sectors}
              metrics={metrics}
              search={search}
              asked={{ order, window, sector, text, setText }}
              next={next}
            />
            <Origin name="Leaderboard" variables={variables} table={tableOf(edges)} />
          </>
        );
      }}
    </Screen>
  );
}
