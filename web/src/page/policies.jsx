// What a protocol promised to do with its income, and when.
import { day, plain, words } from "./format.js";
import { Card, cellsOf } from "./table.jsx";

const NAMES = [
  "ref",
  "status",
  "effectiveFrom",
  "effectiveTo",
  "base",
  "recipient",
  "mechanism",
  "percent",
  "formula",
  "note",
  "sourceUrl",
];

/** A row for each rule, with what holds for the whole of its policy. */
const rowsOf = (policies) => policies.flatMap((policy) => policy.rules.map((rule) => ({ ...policy, base: policy.baseLabel, ...rule })));

export function Policies({ policies }) {
  return (
    <Card title="Allocation policies" table={cellsOf(NAMES, rowsOf(policies))}>
      {policies.length ? <Timeline policies={policies} /> : <p class="empty">No policy is on record.</p>}
    </Card>
  );
}

function Timeline({ policies }) {
  const dated = policies
    .flatMap(({ effectiveFrom, effectiveTo }) => [effectiveFrom, effectiveTo])
    .filter(Boolean)
    .sort();
  const first = Date.parse(dated[0]) - 90 * 86_400_000,
    last = Math.max(Date.now(), Date.parse(dated.at(-1)));
  const place = (date, otherwise) => (date ? ((Date.parse(date) - first) / (last - first)) * 100 : otherwise);
  return (
    <ol class="policies">
      {policies.map((policy) => {
        const start = place(policy.effectiveFrom, 0),
          end = place(policy.effectiveTo, policy.status === "ENDED" ? start : 100);
        return (
          <li key={policy.ref}>
            <p>
              <b>
                {policy.effectiveFrom ? day(policy.effectiveFrom) : "start not stated"} –{" "}
                {policy.effectiveTo ? day(policy.effectiveTo) : policy.status === "ACTIVE" ? "still" : "end not stated"}
              </b>{" "}
              <span class="badge">{words(policy.status)}</span> of {policy.baseLabel}
            </p>
            <div class="span" aria-hidden="true">
              <i style={{ left: `${start}%`, width: `${Math.max(end - start, 1)}%` }} />
            </div>
            <ul>
              {policy.rules.map((rule) => (
                <li key={rule.recipient}>
                  {rule.percent == null ? (rule.formula ?? "no fixed part") : `${plain(rule.percent, 4)} %`} to {rule.recipient}{" "}
                  <span class="muted">({words(rule.mechanism)})</span>
                </li>
              ))}
            </ul>
            <p class="muted">
              {policy.note}{" "}
              {policy.sourceUrl && (
                <a href={policy.sourceUrl} rel="noreferrer">
                  Source
                </a>
              )}
            </p>
          </li>
        );
      })}
    </ol>
  );
}
