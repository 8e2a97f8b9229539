// Bars with lines and points, drawn by uPlot. A canvas says nothing to a screen reader: each chart stands beside a table.
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { compact, day, shortDay } from "./format.js";
import { None } from "./numbers.jsx";

const HALF_A_DAY = 43_200;
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function useThemeChanges() {
  const [count, tell] = useState(0);
  useEffect(() => {
    const changed = () => tell((before) => before + 1);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    addEventListener("theme", changed);
    scheme.addEventListener("change", changed);
    return () => {
      removeEventListener("theme", changed);
      scheme.removeEventListener("change", changed);
    };
  }, []);
  return count;
}

const dayOf = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10);

function axes() {
  const axis = { stroke: color("muted"), font: "12px Inter, system-ui, sans-serif", ticks: { show: false } };
  const days = (_plot, times) => times.map((time) => shortDay(dayOf(time)));
  const amounts = (_plot, values) => values.map(compact);
  return [
    { ...axis, grid: { show: false }, space: 78, size: 30, values: days },
    { ...axis, grid: { stroke: color("grid"), width: 1 }, size: 62, space: 46, values: amounts },
  ];
}

function seriesOf({ label, kind, tone, faint }) {
  const stroke = color(tone);
  const dots = { show: true, size: 6, fill: stroke, stroke };
  if (kind === "bars") {
    const paths = uPlot.paths.bars({ size: [0.72, 40, 1] });
    return { label, fill: faint ? `${stroke}66` : stroke, stroke, width: faint ? 1 : 0, paths, points: { show: false } };
  }
  if (kind === "marks") return { label, stroke, paths: () => null, points: { ...dots, size: 7, fill: color("card"), width: 2 } };
  return { label, stroke, width: 2, points: dots };
}

function fillTip(tip, title, entries) {
  const lines = [["", title], ...entries].map(([tone, label, value]) => {
    const line = document.createElement("div");
    line.className = tone;
    line.append(label);
    if (value === undefined) return line;
    const amount = document.createElement("b");
    amount.textContent = value == null ? "no data" : compact(value);
    line.append(amount);
    return line;
  });
  tip.replaceChildren(...lines);
}

function place(tip, box, left) {
  const x = left + 66;
  const flipped = x + tip.offsetWidth + 16 > box.clientWidth;
  tip.style.transform = `translate(${flipped ? x - tip.offsetWidth - 14 : x + 14}px, 14px)`;
}

/**
 * `days` are ISO days; `step` is how many of them lie between two; each of `series` has a label, a kind, a tone and its `values`, null
 * where nothing is known.
 */
export function Chart({ days, series, height = 280, step = 1, label }) {
  const box = useRef(),
    tip = useRef();
  const theme = useThemeChanges();
  useEffect(() => {
    const times = days.map((each) => Date.parse(each) / 1000);
    const numbers = series.map(({ values }) => values.map((value) => (value == null ? null : Number(value))));
    const shown = (plot) => {
      const { idx, left } = plot.cursor;
      tip.current.hidden = idx == null || left < 0;
      if (tip.current.hidden) return;
      const named = series.filter(({ silent, values }) => !silent || values[idx] != null);
      fillTip(
        tip.current,
        day(days[idx]),
        named.map((each) => [each.tone, each.label, each.values[idx]]),
      );
      place(tip.current, box.current, left);
    };
    const least = Math.min(0, ...numbers.flat().filter((value) => value != null));
    const plot = new uPlot(
      {
        width: box.current.clientWidth,
        height,
        padding: [10, 4, 0, 4],
        legend: { show: false },
        cursor: { y: false, points: { show: false } },
        tzDate: (time) => uPlot.tzDate(new Date(time * 1000), "Etc/UTC"),
        scales: {
          x: { time: true, range: (_plot, first, last) => [first - step * HALF_A_DAY, last + step * HALF_A_DAY] },
          y: { range: (_plot, _least, most) => [least * 1.06, Math.max(most, 1) * 1.06] },
        },
        axes: axes(),
        series: [{}, ...series.map(seriesOf)],
        hooks: { setCursor: [shown] },
      },
      [times, ...numbers],
      box.current,
    );
    const resizing = new ResizeObserver(() => box.current && plot.setSize({ width: box.current.clientWidth, height }));
    resizing.observe(box.current);
    return () => {
      resizing.disconnect();
      plot.destroy();
    };
  }, [days, series, height, theme]);
  return (
    <div class="chart" ref={box} role="img" aria-label={label}>
      <div class="tip" ref={tip} hidden />
    </div>
  );
}

const WIDTH = 96,
  HEIGHT = 28;

/** A line as small as a word, with a dot at its end; gaps where nothing is known. */
export function Spark({ values, label }) {
  const known = values.filter((value) => value != null);
  if (known.length < 2) return <None why="Fewer than two weeks of a year are known." />;
  const most = Math.max(...known),
    least = Math.min(0, ...known);
  const x = (index) => ((index / (values.length - 1)) * (WIDTH - 6) + 2).toFixed(1);
  const y = (value) => (HEIGHT - 3 - ((value - least) / (most - least || 1)) * (HEIGHT - 7)).toFixed(1);
  const runs = runsOf(values).map((run) => run.map((index) => `${x(index)},${y(values[index])}`).join("L"));
  const floors = runsOf(values).map((run, place) => `M${x(run[0])},${y(least)}L${runs[place]}L${x(run.at(-1))},${y(least)}Z`);
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} role="img" aria-label={label}>
      <path class="floor" d={floors.join("")} />
      <path d={runs.map((run) => `M${run}`).join("")} />
      <circle cx={x(values.length - 1)} cy={y(values.at(-1))} r="2" />
    </svg>
  );
}

/** Places of known values, those that follow each other together. */
function runsOf(values) {
  const runs = [];
  values.forEach((value, index) => {
    if (value == null) return;
    if (index && values[index - 1] != null) runs.at(-1).push(index);
    else runs.push([index]);
  });
  return runs;
}
