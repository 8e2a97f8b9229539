import { useEffect } from "preact/hooks";
import { day, moment, words } from "./format.js";
import { Origin, Screen, useQuery } from "./parts.jsx";
import { Card, cellsOf, Table } from "./table.jsx";

const NONE = {};
const sentence = (constant) => constant[0] + words(constant.slice(1));
const lag = (seconds) =>
  seconds < 3_600
    ? `${Math.round(seconds / 60)} min`
    : seconds < 172_800
      ? `${Math.round(seconds / 3_600)} h`
      : `${Math.round(seconds / 86_400)} days`;

const nameOf = ({ subject }) => subject?.slug ?? subject?.symbol ?? "";

function Source({ source }) {
  const fine = source.status === "published" || source.status === "unchanged";
  return (
    <article class="card src">
      <header>
        <h2>{source.name}</h2>
        <span class={`badge ${fine ? "ok" : "late"}`}>{words(source.status)}</span>
      </header>
      <p class="lag">
        {source.lagSeconds == null ? (
          source.lastSuccessAt ? (
            "not read again"
          ) : (
            "never read"
          )
        ) : (
          <>
            read <b>{lag(source.lagSeconds)}</b> ago
          </>
        )}
      </p>
      <dl>
        <div>
          <dt>read</dt>
          <dd>{source.lastSuccessAt ? moment(source.lastSuccessAt) : "never"}</dd>
        </div>
        {["fetched", "new", "restated", "withdrawn", "rejected"].map((key) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{source[key]}</dd>
          </div>
        ))}
      </dl>
      {(source.lastError ?? source.skippedBecause) && <p>{source.lastError ?? source.skippedBecause}</p>}
    </article>
  );
}

/** `live` is the newest epoch that the subscription told of: the rest is asked anew when it changes. */
export function Status({ live, connection }) {
  const state = useQuery("Status", NONE, live?.number);
  useEffect(() => void (document.title = "Status · Accrual"), []);
  return (
    <Screen state={state}>
      {({ meta, epochs, qualityIssues }) => (
        <>
          <section class="hero">
            <h1>Status</h1>
            <p aria-live="polite">
              Epoch <b data-epoch={meta.epoch.number}>{meta.epoch.number}</b>, published {moment(meta.epoch.publishedAt)}.{" "}
              {connection === "live" ? "This page follows each publication as it happens." : "Connecting…"}
            </p>
          </section>
          <dl class="tiles fit">
            {meta.dataThrough.map((each) => (
              <div class="tile" key={each.domain}>
                <dt>{sentence(each.domain)} known through</dt>
                <dd>{day(each.day)}</dd>
              </div>
            ))}
            <div class="tile">
              <dt>Last read</dt>
              <dd>{meta.lastSyncAt ? day(meta.lastSyncAt.slice(0, 10)) : "never"}</dd>
              <dd class="note">{meta.nextSyncAt ? `Next at ${moment(meta.nextSyncAt)}` : "No next one is planned here."}</dd>
            </div>
          </dl>
          {meta.sources.every(({ name, lastRunAt }) => name === "bundled" || lastRunAt == null) && (
            <p class="muted">
              Nothing was read from upstream yet: what is shown is the recording that came with the server. <code>make sync</code> reads
              every source.
            </p>
          )}
          <div class="grid">
            {meta.sources.map((source) => (
              <Source source={source} key={source.name} />
            ))}
          </div>
          <Card
            title="Publications"
            flush
            short
            table={[
              ["epoch", "publishedAt", "recorded", "note"],
              ...epochs.nodes.map((each) => [each.number, each.publishedAt, each.recorded, each.note]),
            ]}
          >
            <Table
              label="Publications"
              columns={[["Epoch"], ["Published"], ["Moment"], ["Note", "wrap"]]}
              rows={epochs.nodes.map((each) => ({
                key: each.number,
                cells: [each.number, moment(each.publishedAt), each.recorded ? "of the recording" : "of this server", each.note ?? ""],
              }))}
            />
          </Card>
          <Card
            title="Open questions of quality"
            flush
            short
            table={[
              ["kind", "subject", "metric", "from", "to", "detail"],
              ...qualityIssues.nodes.map((each) => [each.kind, nameOf(each), each.metric, each.from, each.to, each.detail]),
            ]}
            aside={<span class="muted">{qualityIssues.totalCount} open</span>}
          >
            <Table
              label="Issues"
              columns={[["Kind"], ["About"], ["Metric"], ["Days"], ["What", "wrap"]]}
              empty="None is open."
              rows={qualityIssues.nodes.map((issue, index) => ({
                key: index,
                cells: [
                  words(issue.kind),
                  nameOf(issue),
                  words(issue.metric ?? ""),
                  [issue.from, issue.to]
                    .filter(Boolean)
                    .map((each) => day(each))
                    .join(" – "),
                  issue.detail,
                ],
              }))}
            />
          </Card>
          <Origin
            name="Status"
            variables={NONE}
            table={[
              ["source", "status", "lagSeconds", "fetched", "new", "restated"],
              ...meta.sources.map((each) => [each.name, each.status, each.lagSeconds, each.fetched, each.new, each.restated]),
            ]}
          />
        </>
      )}
    </Screen>
  );
}
