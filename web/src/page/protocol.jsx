import { useEffect, useMemo } from "preact/hooks";
import { daysOf, Days } from "./days.jsx";
import { compact, day, daysAgo, moment, plain, words } from "./format.js";
import { AsOf, Card, Delta, Link, Origin, Screen, Table, Tile, Value, through, useAt, useQuery } from "./parts.jsx";

const YEAR = 365;
const NEWEST = 30;
const CONVENTIONS = ["ttm", "scaled", "runRate", "ttmDiluted", "runRateDiluted", "holders"];
const YEARLY = {
  TTM: "last twelve months",
  TTM_OR_SCALED: "all known days, scaled to a year",
  RUN_RATE_30D_365_30: "last 30 days × 365 ÷ 30",
};
const MULTIPLES = { PS: "Price to revenue", PE_HOLDERS: "Price to holders’ revenue" };

function Point({ point, unit = "USD" }) {
  const known = point ?? { value: null, state: "NOT_REPORTED" };
  return <><Value metric={{ ...known, unit, windowEnd: known.start }} />{known.provisional && <sup data-why="Provisional: it may change yet.">*</sup>}</>;
}

function Policies({ policies }) {
  const dated = policies.flatMap(({ effectiveFrom, effectiveTo }) => [effectiveFrom, effectiveTo]).filter(Boolean).sort();
  const first = Date.parse(dated[0]) - 90 * 86_400_000, last = Math.max(Date.now(), Date.parse(dated.at(-1)));
  const place = (date, otherwise) => (date ? ((Date.parse(date) - first) / (last - first)) * 100 : otherwise);
  return (
    <ol class="policies">
      {policies.map((policy) => {
        const start = place(policy.effectiveFrom, 0), end = place(policy.effectiveTo, policy.status === "ENDED" ? start : 100);
        return (
          <li key={policy.ref}>
            <p>
              <b>{policy.effectiveFrom ? day(policy.effectiveFrom) : "start not stated"} – {policy.effectiveTo ? day(policy.effectiveTo) : policy.status === "ACTIVE" ? "still" : "end not stated"}</b>{" "}
              <span class="badge">{words(policy.status)}</span> of {policy.baseLabel}
            </p>
            <div class="span" aria-hidden="true"><i style={{ left: `${start}%`, width: `${Math.max(end - start, 1)}%` }} /></div>
            <ul>{policy.rules.map((rule) => <li key={rule.recipient}>{rule.percent == null ? (rule.formula ?? "no fixed part") : `${plain(rule.percent, 4)} %`} to {rule.recipient} <span class="muted">({words(rule.mechanism)})</span></li>)}</ul>
            <p class="muted">{policy.note} {policy.sourceUrl && <a href={policy.sourceUrl} rel="noreferrer">Source</a>}</p>
          </li>
        );
      })}
    </ol>
  );
}

function Valuation({ protocol }) {
  const rows = CONVENTIONS.map((name) => {
    const metric = protocol[name];
    const cells = [MULTIPLES[metric.key], YEARLY[metric.annualization], words(metric.supplyBasis), <Value metric={metric} focusable />, metric.reason ?? ""];
    return { key: name, cells };
  });
  return <Card title="Valuation by convention" flush><Table label="Valuation" columns={[["Multiple"], ["A year is"], ["Supply"], ["Value", "n"], ["Why not", "wrap"]]} rows={rows} /></Card>;
}

function Tape({ ledger }) {
  const rows = ledger.nodes.map((entry) => ({
    key: entry.ref,
    cells: [
      moment(entry.occurredAt), words(entry.kind), entry.usd == null ? <span class="none">no data</span> : compact(entry.usd),
      entry.tokens == null ? <span class="none">no data</span> : plain(entry.tokens, 2), words(entry.disposition),
      <span data-why={entry.note}>{words(entry.confidence)}</span>,
      entry.sourceUrl ? <a href={entry.sourceUrl} rel="noreferrer">{entry.source?.name ?? "source"}</a> : (entry.source?.name ?? ""),
    ],
  }));
  const columns = [["When"], ["What"], ["US dollars", "n"], ["Tokens", "n"], ["Now"], ["Confidence"], ["Source"]];
  return (
    <Card title="Ledger" flush short aside={<span class="muted">{ledger.totalCount} on record: what was executed, not what was promised</span>}>
      <Table label="Ledger" columns={columns} rows={rows} empty="No purchase, burn or distribution is on record." />
    </Card>
  );
}

function Restatements({ nodes }) {
  const rows = nodes.map((each) => ({
    key: each.day + each.afterKnownAt,
    cells: [day(each.day), compact(each.before), each.after == null ? "withdrawn" : compact(each.after), <Delta fraction={each.differencePct == null ? null : each.differencePct / 100} />, moment(each.afterKnownAt), each.cause],
  }));
  const columns = [["Day"], ["Was", "n"], ["Is", "n"], ["Difference", "n"], ["Known since"], ["Why", "wrap"]];
  return <Card title="Restatements of revenue" flush short><Table label="Restatements" columns={columns} rows={rows} empty="No day of revenue has been restated." /></Card>;
}

function Claims({ claims }) {
  const rows = claims.nodes.map((claim) => ({
    key: claim.ref,
    cells: [claim.predicate, claim.value, claim.unit ?? "", claim.statedAsOf ?? "", words(claim.status), claim.sourceUrl ? <a href={claim.sourceUrl} rel="noreferrer">{claim.source?.name ?? "source"}</a> : (claim.source?.name ?? "")],
  }));
  const columns = [["Said", "wrap"], ["Value", "wrap"], ["Unit"], ["As of"], ["Standing"], ["By"]];
  return <Card title="What was said about it" flush short aside={<span class="muted">{claims.totalCount} claims, kept as they were made</span>}><Table label="Claims" columns={columns} rows={rows} empty="Nobody is on record." /></Card>;
}

export function Protocol({ slug, search }) {
  const at = useAt(search);
  const variables = useMemo(() => ({ slug, from: daysAgo(YEAR), to: daysAgo(0), at }), [slug, at]);
  const state = useQuery("Protocol", variables);
  const protocol = state.data?.protocol;
  const days = useMemo(() => (protocol ? daysOf(protocol.series) : []), [protocol]);
  useEffect(() => void (document.title = `${protocol?.name ?? slug} · Accrual`), [protocol, slug]);
  return (
    <Screen state={state}>
      {({ epoch, epochs, restatements }) => {
        if (!protocol) return <div class="card failed"><h1>No protocol “{slug}”</h1><p>Not at epoch {epoch.number}.</p><Link to="/" class="btn">To the leaderboard</Link></div>;
        const metrics = Object.fromEntries(protocol.metrics.map((metric) => [metric.key, metric]));
        const rows = days.slice(-NEWEST).reverse().map((each) => ({
          key: each.start,
          cells: [day(each.start), <Point point={each.REVENUE} />, <Point point={each.BUYBACK_EXECUTED} />, <Point point={each.BURNED} />, each.REVENUE?.revision ? `${each.REVENUE.revision} ×` : ""],
        }));
        const kept = days.map((each) => [each.start, each.REVENUE?.value, each.BUYBACK_EXECUTED?.value, each.BURNED?.value, each.REVENUE?.provisional, each.REVENUE?.revision]);
        return (
          <>
            <nav class="crumbs" aria-label="Breadcrumb"><Link to={`/${search}`}>Leaderboard</Link> <span aria-hidden="true">/</span> <span aria-current="page">{protocol.name}</span></nav>
            <section class="hero">
              <h1>{protocol.name} {protocol.token && <span class="tok">{protocol.token.symbol}</span>}</h1>
              <p>{[...protocol.sectors.map(({ name }) => name), ...protocol.chains.map(({ name }) => name)].slice(0, 8).join(" · ") || words(protocol.kind)}</p>
            </section>
            <dl class="tiles">
              <Tile label="Revenue, 30 days" metric={metrics.REVENUE} tone="rev" />
              <Tile label="To holders, 30 days" metric={metrics.HOLDERS_REVENUE} />
              <Tile label="Buybacks, 30 days" metric={metrics.BUYBACK_EXECUTED} tone="bb" />
              <Tile label="Burns, 30 days" metric={metrics.BURNED} tone="bu" />
              <Tile label="Paid out, 30 days" metric={metrics.PAYOUT_RATIO} />
              <Tile label="Fees, 30 days" metric={metrics.FEES} />
              <Tile label="Price" metric={protocol.price} />
              <Tile label="Market cap" metric={protocol.marketCap} />
            </dl>
            <AsOf at={at} epochs={epochs.nodes} epoch={epoch} newest={through(epoch, "REVENUE")} />
            <Days title="Revenue against buybacks and burns" days={days} height={320} />
            <Card title="Allocation policies">{protocol.policies.length ? <Policies policies={protocol.policies} /> : <p class="empty">No policy is on record.</p>}</Card>
            <Valuation protocol={protocol} />
            <Tape ledger={protocol.ledger} />
            <Restatements nodes={restatements.nodes} />
            <Card title="Newest days" flush short aside={<span class="muted">UTC days, US dollars; * is provisional</span>}>
              <Table label="Newest days" columns={[["Day"], ["Revenue", "n"], ["Buybacks", "n"], ["Burns", "n"], ["Restated", "n"]]} rows={rows} empty="No day is on record: only what was said about it, below." />
            </Card>
            <Claims claims={protocol.claims} />
            <Origin name="Protocol" variables={variables} table={[["day", "revenue", "buybacks", "burns", "provisional", "revision"], ...kept]} />
          </>
        );
      }}
    </Screen>
  );
}
