// What every screen is put together from.
import { useEffect, useState } from "preact/hooks";
import { go, knowledgeOf, searchWith } from "./address.js";
import { curlOf, ideLink, query, textOf } from "./api.js";
import { plainly, shortDay } from "./format.js";
import { Delta, Value } from "./numbers.jsx";
import { save } from "./table.jsx";

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

/** A number with what it was before, or with why there is none and what is known of a year. */
export function Tile({ label, metric, year, tone = "" }) {
  return (
    <div class={`tile ${tone}`}>
      <dt>{label}</dt>
      <dd>
        <Value metric={metric} stop />
      </dd>
      <dd class="note">
        {metric.value == null ? (
          <Absent metric={metric} year={year} />
        ) : (
          <>
            <Delta fraction={metric.growth} against="on the days before" stop />{" "}
            {metric.reason && <span class="reason">{plainly(metric.reason)}</span>}
          </>
        )}
      </dd>
    </div>
  );
}

function Absent({ metric, year }) {
  const last = metric.coverage?.lastDay;
  return (
    <>
      {plainly(metric.reason)}
      {last && (
        <>
          {" "}
          <Link to={searchWith(location.search, { day: last })}>Show {shortDay(last)}</Link>
        </>
      )}
      {year?.value != null && (
        <span class="year">
          A year: <Value metric={year} stop />
        </span>
      )}
    </>
  );
}

const hueOf = (text) => [...text].reduce((hue, letter) => (hue * 31 + letter.charCodeAt(0)) % 360, 7);

/** A letter on a color of its own: no picture is asked for elsewhere. */
export function Avatar({ name, big }) {
  return (
    <span class={`avatar ${big ? "big" : ""}`} style={{ "--h": hueOf(name) }} aria-hidden="true">
      {[...name][0]}
    </span>
  );
}

export function Choice({ label, value, options, onChange, look = "seg" }) {
  return (
    <div class={look} role="group" aria-label={label}>
      {options.map(([key, text]) => (
        <button type="button" key={key} aria-pressed={key === value} onClick={() => onChange(key)}>
          {text}
        </button>
      ))}
    </div>
  );
}

/** The query that a screen was made of, and its numbers as a file. `table` is rows of cells, the first the names. */
export function Origin({ name, variables, table }) {
  const [copied, setCopied] = useState(null);
  const curl = curlOf(name, variables);
  useEffect(() => setCopied(null), [curl]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(curl); // which browsers have over https and on localhost alone
      setCopied(true);
    } catch {
      setCopied(false);
    }
  };
  return (
    <section class="card origin" aria-label="The query behind this page">
      <p>
        <a class="btn" href={ideLink(name, variables)}>
          Open in GraphiQL
        </a>{" "}
        <button type="button" class="btn ghost" onClick={copy}>
          {copied ? "Copied" : "Copy as curl"}
        </button>{" "}
        <button type="button" class="btn ghost" onClick={() => save(`${name}.csv`, table)}>
          Save as CSV
        </button>
      </p>
      {copied === false && (
        <p role="alert">
          <label>
            The browser does not let this page copy. The command is selected: copy it with Ctrl+C or ⌘C.
            <textarea readOnly rows={3} value={curl} ref={(field) => field?.select()} />
          </label>
        </p>
      )}
      <details>
        <summary>The query behind this page: one request, {name}</summary>
        <pre tabIndex={0}>
          <code>{textOf(name)}</code>
        </pre>
        <pre tabIndex={0}>
          <code>{JSON.stringify(variables, null, 2)}</code>
        </pre>
      </details>
    </section>
  );
}

/** What an answer is made into, or why there is none; `search` is that of the page, where it may ask for the past. */
export function Screen({ state, search = "", children }) {
  if (state.error)
    return (
      <div class="card failed" role="alert">
        <h1>The API did not answer this</h1>
        <p>{plainly(state.error.message)}</p>
        {knowledgeOf(search) ? (
          <Link to={location.pathname} class="btn">
            To the newest
          </Link>
        ) : (
          <button type="button" class="btn" onClick={() => location.reload()}>
            Try again
          </button>
        )}
      </div>
    );
  if (!state.data)
    return (
      <div class="screen waiting" role="status">
        <h1 class="muted">Loading…</h1>
        <div class="tiles">
          {[0, 1, 2, 3].map((each) => (
            <div class="tile" key={each} />
          ))}
        </div>
        <div class="card" />
      </div>
    );
  return (
    <div class="screen" aria-busy={Boolean(state.waiting)}>
      {children(state.data)}
    </div>
  );
}
