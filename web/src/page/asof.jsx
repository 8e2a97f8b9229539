// Picks what is shown as known: an epoch, a day of knowledge, or the day on which windows end.
import { useMemo } from "preact/hooks";
import { atOf, go, knowledgeOf, searchWith } from "./address.js";
import { day, moment } from "./format.js";

export const useAt = (search) => {
  const key = knowledgeOf(search);
  return useMemo(() => atOf(key), [key]);
};

/** What can be slid to, the oldest first: the newest epochs, the one shown and those before it. */
function stopsOf(epochs, known) {
  const byNumber = new Map([...known, ...epochs].map((each) => [each.number, each]));
  return [...byNumber.values()].filter(({ retained }) => retained).sort((one, other) => one.number - other.number);
}

const Day = ({ label, value, max, onPick }) => (
  <label>
    <span>{label}</span>
    <input type="date" value={value} max={max} onChange={({ target }) => target.value && onPick(target.value)} />
  </label>
);

/** `epochs` are the newest, `known` the one whose knowledge is shown and those before it: both the newest first. */
export function AsOf({ search, epochs, known }) {
  const stops = stopsOf(epochs, known),
    [epoch] = known,
    last = stops.at(-1);
  const asked = knowledgeOf(search),
    named = new URLSearchParams(asked),
    newest = through(epoch, "REVENUE");
  const pick = (changes) => go(location.pathname + searchWith(search, changes));
  return (
    <section class={`card asof ${asked ? "past" : ""}`} aria-label="As of">
      <label class="slide">
        <span>Known at</span>
        <input
          type="range"
          min={0}
          max={stops.length - 1}
          value={stops.findIndex(({ number }) => number === epoch.number)}
          onChange={({ target }) => pick({ epoch: stops[target.value].number, known: null })}
          aria-valuetext={`Epoch ${epoch.number}, ${moment(epoch.publishedAt)}`}
        />
      </label>
      <output>
        Epoch {epoch.number}{" "}
        <span class="muted">
          of {last.number}, published {moment(epoch.publishedAt)}
        </span>
      </output>
      <Day
        label="Known on"
        value={named.get("known") ?? epoch.publishedAt.slice(0, 10)}
        max={last.publishedAt.slice(0, 10)}
        onPick={(known) => pick({ known, epoch: null })}
      />
      <Day label="Windows end on" value={named.get("day") ?? newest} max={newest} onPick={(day) => pick({ day })} />
      {asked && (
        <button type="button" class="btn ghost" onClick={() => pick({ epoch: null, known: null, day: null })}>
          Back to the newest
        </button>
      )}
    </section>
  );
}

export const through = (epoch, domain) => epoch.through.find((each) => each.domain === domain)?.day;

/** The days of a window in words, for the head of what stands on it. */
export const spanOf = ({ windowStart, windowEnd }) => (windowStart ? `${day(windowStart)} – ${day(windowEnd)}` : `to ${day(windowEnd)}`);
