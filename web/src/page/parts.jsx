// What every screen is put together from.
import { useEffect, useMemo, useState } from "preact/hooks";
import { curlOf, ideLink, query, textOf } from "./api.js";
import { csv, day, moment, signed, words, written } from "./format.js";

/** Where the page is: changes of it are followed without loading it again. */
export function go(address) {
  history.pushState(null, "", address);
  dispatchEvent(new PopStateEvent("popstate"));
}

export function Link({ to, ...rest }) {
  const follow = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    event.preventDefault();
    go(to);
    scrollTo(0, 0);
  };
  return <a href={to} onClick={follow} {...rest} />;
}

/** An operation's data, with what was shown before while new data is on its way. `again` asks anew when it changes. */
export function useQuery(name, variables, again) {
  const key = JSON.stringify([name, variables, again]);
  const [state, setState] = useState({});
  useEffect(() => {
    const request = new AbortController();
    query(name, variables, request.signal).then(
      (data) => setState({ key, data }),
      (error) => request.signal.aborted || setState({ key, error }),
    );
    return () => request.abort();
  }, [key]);
  return state.key === key ? state : { data: state.data, waiting: true };
}

/** What is known about a number besides itself, for whoever points at it. */
export function about(metric) {
  const { value, state, reason, windowStart, windowEnd, asOf, coverage, source, methodology } = metric;
  const span = windowStart ? `${day(windowStart)} to ${day(windowEnd)}` : windowEnd || asOf ? `on ${day(windowEnd ?? asOf)}` : null;
  return [
    value == null ? `No data: ${words(state)}.` : `Exactly ${value}${state === "OK" ? "" : `, ${words(state)}`}.`,
    reason,
    span && `Days: ${span}${coverage ? `, ${coverage.observedDays} of ${coverage.expectedDays} known` : ""}.`,
    coverage?.provisionalDays ? `${coverage.provisionalDays} of them provisional.` : null,
    source && `Source: ${source.name}.`,
    methodology && `${methodology.meaning} Formula: ${methodology.formula}`,
  ]
    .filter(Boolean)
    .join("\n");
}

/** A number as the API has it: null is said, partial and provisional ones are marked. */
export function Value({ metric, focusable }) {
  const focus = focusable ? { tabIndex: 0, role: "note", "aria-label": `${metric.value ?? "no data"}. ${about(metric)}` } : {};
  if (metric.value == null)
    return <span class="none" data-why={about(metric)} {...focus}>no data</span>;
  const marks = (metric.state === "OK" ? "" : "≈") + (metric.coverage?.provisionalDays ? "*" : "");
  return (
    <span class="known" data-why={about(metric)} data-value={metric.value} {...focus}>
      {written(metric.unit === "RATIO" && metric.key === "PAYOUT_RATIO" ? metric.value * 100 : metric.value, metric.key === "PAYOUT_RATIO" ? "PERCENT" : metric.unit)}
      {marks && <sup>{marks}</sup>}
    </span>
  );
}

export function Delta({ fraction, against }) {
  if (fraction == null) return null;
  return (
    <span class={`delta ${fraction < 0 ? "down" : "up"}`}>
      {signed(fraction)}
      {against && <span class="muted"> {against}</span>}
    </span>
  );
}

export function Tile({ label, metric, note, tone = "" }) {
  return (
    <div class={`tile ${tone}`}>
      <dt>{label}</dt>
      <dd><Value metric={metric} focusable /></dd>
      <dd class="note">{metric.value == null ? metric.reason : (note ?? <Delta fraction={metric.growth} against="on the days before" />)}</dd>
    </div>
  );
}

export function Choice({ label, value, options, onChange, look = "seg" }) {
  return (
    <div class={look} role="group" aria-label={label}>
      {options.map(([key, text]) => (
        <button type="button" key={key} aria-pressed={key === value} onClick={() => onChange(key)}>{text}</button>
      ))}
    </div>
  );
}

export function Card({ title, aside, flush, short, children }) {
  const id = title.toLowerCase().replace(/\W+/g, "-");
  return (
    <section class={`card ${flush ? "flush" : ""} ${short ? "short" : ""}`} aria-labelledby={id}>
      <header><h2 id={id}>{title}</h2>{aside}</header>
      {children}
    </section>
  );
}

/** `columns` are [label, class] pairs; `rows` are arrays of cells, the first of which is the row's header. */
export function Table({ label, columns, rows, empty }) {
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`Table: ${label}`}>
      <table>
        <thead><tr>{columns.map(([text, look, why]) => <th scope="col" class={look} key={text} data-why={why}>{text}</th>)}</tr></thead>
        <tbody>
          {rows.map(({ key, cells }) => (
            <tr key={key}>
              {cells.map((cell, index) => index ? <td class={columns[index][1]} key={index}>{cell}</td> : <th scope="row" key={index}>{cell}</th>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function save(name, rows) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([csv(rows)], { type: "text/csv" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** The query that a screen was made of, and its numbers as a file. `table` is rows of cells, the first the names. */
export function Origin({ name, variables, table }) {
  const [copied, setCopied] = useState(false);
  const copy = () => navigator.clipboard.writeText(curlOf(name, variables)).then(() => setCopied(true));
  return (
    <section class="card origin" aria-label="The query behind this page">
      <p>
        <a class="btn" href={ideLink(name, variables)}>Open in GraphiQL</a>{" "}
        <button type="button" class="btn ghost" onClick={copy}>{copied ? "Copied" : "Copy as curl"}</button>{" "}
        <button type="button" class="btn ghost" onClick={() => save(`${name}.csv`, table)}>Save as CSV</button>
      </p>
      <details>
        <summary>The query behind this page: one request, {name}</summary>
        <pre tabIndex={0}><code>{textOf(name)}</code></pre>
        <pre tabIndex={0}><code>{JSON.stringify(variables, null, 2)}</code></pre>
      </details>
    </section>
  );
}

export function Screen({ state, children }) {
  if (state.error)
    return (
      <div class="card failed" role="alert">
        <h1>The API did not answer this</h1>
        <p>{state.error.message}</p>
        <button type="button" class="btn" onClick={() => location.reload()}>Try again</button>
      </div>
    );
  if (!state.data) return <p class="muted" role="status">Loading…</p>;
  return <div class="screen" aria-busy={Boolean(state.waiting)}>{children(state.data)}</div>;
}

/** The `at` that an address asks for: an epoch, a day, or neither. */
export function useAt(search) {
  return useMemo(() => {
    const asked = new URLSearchParams(search);
    if (asked.get("epoch")) return { epoch: Number(asked.get("epoch")) };
    return asked.get("day") ? { day: asked.get("day") } : null;
  }, [search]);
}

/** Picks the epoch or the day whose knowledge is shown; it stands in the address. */
export function AsOf({ at, epochs, epoch, newest }) {
  const oldestFirst = [...epochs].reverse();
  const place = oldestFirst.findIndex(({ number }) => number === epoch.number);
  const pick = (parameter) => go(parameter ? `${location.pathname}?${parameter}` : location.pathname);
  const number = (event) => oldestFirst[event.target.value].number;
  return (
    <section class="card asof" aria-label="As of">
      <label>
        <span>Known at</span>
        <input type="range" min={0} max={oldestFirst.length - 1} value={place} onChange={(event) => pick(`epoch=${number(event)}`)} aria-valuetext={`Epoch ${epoch.number}, ${moment(epoch.publishedAt)}`} />
      </label>
      <output>Epoch {epoch.number}, {moment(epoch.publishedAt)}</output>
      <label><span>Windows end on</span><input type="date" value={at?.day ?? newest} max={newest} onChange={(event) => event.target.value && pick(`day=${event.target.value}`)} /></label>
      {at && <button type="button" class="btn ghost" onClick={() => pick(null)}>Newest</button>}
    </section>
  );
}

export const through = (epoch, domain) => epoch.through.find((each) => each.domain === domain)?.day;
