import { useEffect, useMemo } from "preact/hooks";
import { knowledgeOf } from "./address.js";
import { AsOf, useAt } from "./asof.jsx";
import { daysOf, Days } from "./days.jsx";
import { compact, day, moment, plain, plainly, spanAt, words } from "./format.js";
import { Avatar, Card, Delta, Link, Origin, Screen, Table, Tile, Value, through, useQuery } from "./parts.jsx";

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
    const cells = [MULTIPLES[metric.key], YEARLY[metric.annualization], words(metric.supplyBasis), <Value metric={metric} focusable />, plainly(metric.reason) ?? ""];
    return { key: name, cells };
  });
  const table = [["multiple", "annualization", "supplyBasis", "value", "state", "reason"], ...CONVENTIONS.map((name) => protocol[name]).map((each) => [each.key, each.annualization, each.supplyBasis, each.value, each.state, each.reason])];
  return <Card title="Valuation by convention" flush table={table}><Table label="Valuation" columns={[["Multiple"], ["A year is"], ["Supply"], ["Value", "n"], ["Why not", "wrap"]]} rows={rows} /></Card>;
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
  const table = [["ref", "kind", "mechanism", "occurredAt", "usd", "tokens", "disposition", "confidence", "source", "sourceUrl"], ...ledger.nodes.map((each) => [each.ref, each.kind, each.mechanism, each.occurredAt, each.usd, each.tokens, each.disposition, each.confidence, each.source?.name, each.sourceUrl])];
  return (
    <Card title="Ledger" flush short table={table} aside={<span class="muted">{ledger.totalCount} on record: what was executed, not what was promised</span>}>
      <Table label="Ledger" columns={columns} rows={rows} empty="No purchase, burn or distribution is on record." />
    </Card>
  );
}

function Restatements({ restatements }) {
  const nodes = [...restatements.nodes].reverse();
  const many = restatements.pageInfo.hasPreviousPage ? `the newest ${nodes.length}; there are more, which the API has with last and before` : nodes.length ? `all ${nodes.length}` : "";
  const rows = nodes.map((each) => ({
    key: each.day + each.afterKnownAt,
    cells: [day(each.day), compact(each.before), each.after == null ? "withdrawn" : compact(each.after), <Delta fraction={each.differencePct == null ? null : each.differencePct / 100} />, moment(each.afterKnownAt), each.cause],
  }));
  const columns = [["Day"], ["Was", "n"], ["Is", "n"], ["Difference", "n"], ["Known since"], ["Why", "wrap"]];
  const table = [["day", "before", "after", "differencePct", "afterKnownAt", "cause"], ...nodes.map((each) => [each.day, each.before, each.after, each.differencePct, each.afterKnownAt, each.cause])];
  return <Card title="Restatements of revenue" flush short table={table} aside={<span class="muted">{many}</span>}><Table label="Restatements" columns={columns} rows={rows} empty="No day of revenue has been restated." /></Card>;
}

function Claims({ claims }) {
  const rows = claims.nodes.map((claim) => ({
    key: claim.ref,
    cells: [claim.predicate, claim.value, claim.unit ?? "", claim.statedAsOf ?? "", words(claim.status), claim.sourceUrl ? <a href={claim.sourceUrl} rel="noreferrer">{claim.source?.name ?? "source"}</a> : (claim.source?.name ?? "")],
  }));
  const columns = [["Said", "wrap"], ["Value", "wrap"], ["Unit", "wrap"], ["As of", "wrap"], ["Standing"], ["By", "wrap"]];
  const table = [["ref", "predicate", "value", "unit", "statedAsOf", "status", "source", "sourceUrl"], ...claims.nodes.map((each) => [each.ref, each.predicate, each.value, each.unit, each.statedAsOf, each.status, each.source?.name, each.sourceUrl])];
  return <Card title="What was said about it" flush short table={table} aside={<span class="muted">{claims.totalCount} claims, kept as they were made</span>}><Table label="Claims" columns={columns} rows={rows} empty="Nobody is on record." /></Card>;
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
      <nav class="crumbs" aria-label="Breadcrumb"><Link to={`/${knowledgeOf(search)}`}>Leaderboard</Link> <span aria-hidden="true">/</span> <span aria-current="page">{protocol.name}</span></nav>
      <section class="hero row">
        <Avatar name={protocol.name} big />
        <div>
          <h1>{protocol.name} {protocol.token && <span class="tok">{protocol.token.symbol}</span>}</h1>
          <p>{facts.join(" · ") || words(protocol.kind)}{` · ${knownTo(protocol, days)}`}</p>
        </div>
      </section>
      {protocol.description && <p class="about">{protocol.description}</p>}
    </>
  );
}

function Tiles({ protocol }) {
  const byKey = (metrics) => Object.fromEntries(metrics.map((metric) => [metric.key, metric]));
  const metrics = byKey(protocol.metrics), year = byKey(protocol.year);
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

function Newest({ days, table }) {
  const rows = days.slice(-NEWEST).reverse().map((each) => ({
    key: each.start,
    cells: [day(each.start), <Point point={each.REVENUE} />, <Point point={each.BUYBACK_EXECUTED} />, <Point point={each.BURNED} />, each.REVENUE?.revision ? `${each.REVENUE.revision} ×` : ""],
  }));
  const columns = [["Day"], ["Revenue", "n"], ["Buybacks", "n"], ["Burns", "n"], ["Restated", "n"]];
  return (
    <Card title="Newest days" flush short table={table} aside={<span class="muted">UTC days, US dollars; * is provisional</span>}>
      <Table label="Newest days" columns={columns} rows={rows} empty="No day is on record: only what was said about it, below." />
    </Card>
  );
}

const tableOf = (days) => [
  ["day", "revenue", "buybacks", "burns", "provisional", "revision"],
  ...days.map((each) => [each.start, each.REVENUE?.value, each.BUYBACK_EXECUTED?.value, each.BURNED?.value, each.REVENUE?.provisional, each.REVENUE?.revision]),
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
      {({ epoch, epochs, restatements }) => {
        if (!protocol) return <div class="card failed"><h1>No protocol “{slug}”</h1><p>Not at epoch {epoch.number}.</p><Link to="/" class="btn">To the leaderboard</Link></div>;
        const table = tableOf(days);
        return (
          <>
            <Head protocol={protocol} days={days} search={search} />
            <Tiles protocol={protocol} />
            <AsOf search={search} epochs={epochs.nodes} epoch={epoch} newest={through(epoch, "REVENUE")} />
            {days.length === 0 && <Claims claims={protocol.claims} />}
            <Days title="Revenue against buybacks and burns" days={days} height={320} />
            <Card title="Allocation policies">{protocol.policies.length ? <Policies policies={protocol.policies} /> : <p class="empty">No policy is on record.</p>}</Card>
            <Valuation protocol={protocol} />
            <Tape ledger={protocol.ledger} />
            <Restatements restatements={restatements} />
            <Newest days={days} table={table} />
            {days.length > 0 && <Claims claims={protocol.claims} />}
            <Origin name="Protocol" variables={variables} table={table} />
          </>
        );
      }}
    </Screen>
  );
}
