// Revenue against buybacks and burns, day by day.
import { useMemo, useState } from "preact/hooks";
import { Chart } from "./chart.jsx";
import { Choice } from "./parts.jsx";
import { Card } from "./table.jsx";

const RANGES = [
  [30, "30D"],
  [90, "90D"],
  [365, "1Y"],
];

const METRICS = {
  REVENUE: { label: "Revenue", kind: "bars", tone: "rev" },
  BUYBACK_EXECUTED: { label: "Buybacks", kind: "line", tone: "bb" },
  BURNED: { label: "Burns", kind: "line", tone: "bu" },
};
const RESTATED = { label: "Restated since", kind: "marks", tone: "warn", silent: true };

/** The days of some series up to the last one on which anything is known, each with its points by metric. */
export function daysOf(series) {
  const byDay = new Map();
  for (const { key, points } of series) for (const point of points) byDay.set(point.start, { ...byDay.get(point.start), [key]: point });
  const days = [...byDay].map(([start, points]) => ({ start, ...points })).sort((one, other) => (one.start < other.start ? -1 : 1));
  const last = days.findLastIndex((each) => series.some(({ key }) => each[key]?.value != null));
  return days.slice(0, last + 1);
}

const column = (days, key, fits = () => true) =>
  days.map((each) => (each[key] && each[key].value != null && fits(each[key]) ? each[key].value : null));

export function Days({ title, days, height }) {
  const [range, setRange] = useState(90);
  const shown = useMemo(() => days.slice(-range), [days, range]);
  const series = useMemo(
    () => [
      { ...METRICS.REVENUE, values: column(shown, "REVENUE", (point) => !point.provisional) },
      { ...METRICS.REVENUE, faint: true, silent: true, values: column(shown, "REVENUE", (point) => point.provisional) },
      { ...METRICS.BUYBACK_EXECUTED, values: column(shown, "BUYBACK_EXECUTED") },
      { ...METRICS.BURNED, values: column(shown, "BURNED") },
      ...Object.keys(METRICS).map((key) => ({ ...RESTATED, values: column(shown, key, (point) => point.revision > 0) })),
    ],
    [shown],
  );
  const dates = useMemo(() => shown.map(({ start }) => start), [shown]);
  const legend = (
    <>
      <ul class="legend">
        <li class="rev">Revenue</li>
        <li class="bb">Buybacks{series[2].values.every((value) => value == null) && ": no data"}</li>
        <li class="bu">Burns{series[3].values.every((value) => value == null) && ": no data"}</li>
        <li class="warn">Restated</li>
      </ul>
      <Choice label="Range" value={range} options={RANGES} onChange={setRange} />
    </>
  );
  return (
    <Card title={title} aside={legend}>
      {shown.length ? (
        <Chart days={dates} series={series} height={height} label={`${title}, ${shown.length} days`} />
      ) : (
        <p class="empty">No day is known.</p>
      )}
    </Card>
  );
}
