// How a number is shown: with its source and method for whoever points at it, and never as a zero where it is not known.
import { day, plainly, signed, words, written } from "./format.js";

export const byKey = (each) => Object.fromEntries(each.map((one) => [one.key, one]));

/** What says `why` to who points at it or moves the focus to it: with the Tab key, or within a table with the arrows (tell.js). */
export const Told = ({ why, stop, ...rest }) => <span data-why={why} tabIndex={stop ? 0 : -1} role="note" {...rest} />;

/** Where there is no number, and why. */
export const None = ({ why, children = "no data", ...rest }) => (
  <Told class="none" why={why} {...rest}>
    {children}
  </Told>
);

function spanOf({ windowStart, windowEnd, asOf, coverage }) {
  const last = windowEnd ?? asOf;
  if (!last) return null;
  const known = coverage ? `, ${coverage.observedDays} of ${coverage.expectedDays} known` : "";
  return windowStart && windowStart !== last ? `Days: ${day(windowStart)} to ${day(last)}${known}.` : `On ${day(last)}.`;
}

/** What is known about a number besides itself. */
export function about(metric) {
  const { value, state, reason, coverage, source, methodology, note } = metric;
  const said = [
    value == null ? `No data: ${words(state)}.` : `Exactly ${value}${state === "OK" ? "" : `, ${words(state)}`}.`,
    reason,
    spanOf(metric),
    coverage?.provisionalDays ? `${coverage.provisionalDays} of them provisional.` : null,
    source && `Source: ${source.name}.`,
    methodology && `${methodology.meaning}${methodology.formula ? ` Formula: ${methodology.formula}` : ""}`,
    note,
  ];
  return plainly(said.filter(Boolean).join("\n"));
}

const inUnit = ({ key, value, unit }) => (key === "PAYOUT_RATIO" ? written(value * 100, "PERCENT") : written(value, unit));

/** A number as the API has it: null is said, partial and provisional ones are marked. */
export function Value({ metric, stop }) {
  if (metric.value == null) return <None why={about(metric)} stop={stop} />;
  const marks = (metric.state === "OK" ? "" : "≈") + (metric.provisional || metric.coverage?.provisionalDays ? "*" : "");
  return (
    <Told class="known" why={about(metric)} data-value={metric.value} stop={stop}>
      {inUnit(metric)}
      {marks && <sup>{marks}</sup>}
    </Told>
  );
}

/** The number with a bar of its part of the list's largest. */
export function Barred({ metric, most }) {
  return (
    <>
      {metric.value > 0 && <i style={{ width: `${(100 * metric.value) / most}%` }} />}
      <Value metric={metric} />
    </>
  );
}

const NO_CHANGE = "It is told where the window before is positive, and nine days of ten are known in both.";

/** By how much a number changed; where that is not known, why. */
export function Delta({ fraction, against, why = NO_CHANGE, stop }) {
  if (fraction == null)
    return (
      <None why={why} stop={stop}>
        {against ? "no change known" : "no data"}
      </None>
    );
  return (
    <span class={`delta ${fraction < 0 ? "down" : "up"}`}>
      {signed(fraction)}
      {against && <span class="muted"> {against}</span>}
    </span>
  );
}
