// Picks what is shown as known: an epoch, a day of knowledge, or the day on which windows end.
import { useMemo } from "preact/hooks";
import { atOf, go, knowledgeOf, searchWith } from "./address.js";
import { day, moment } from "./format.js";

export const useAt = (search) => {
  const key = knowledgeOf(search);
  return useMemo(() => atOf(key), [key]);
};

/** `epochs` are the newest first; `epoch` is the one whose knowledge is shown. */
export function AsOf({ search, epochs, epoch, newest }) {
  const oldestFirst = [...epochs].reverse();
  const place = oldestFirst.findIndex(({ number }) => number === epoch.number);
  const asked = new URLSearchParams(knowledgeOf(search));
  const pick = (changes) => go(location.pathname + searchWith(search, changes));
  const pickEpoch = (event) => pick({ epoch: oldestFirst[event.target.value].number, known: null });
  const picked = (name, others = {}) => (event) => event.target.value && pick({ [name]: event.target.value, ...others });
  const last = oldestFirst.at(-1);
  return (
    <section class={`card asof ${knowledgeOf(search) ? "past" : ""}`} aria-label="As of">
      <label class="slide">
        <span>Known at</span>
        <input type="range" min={0} max={oldestFirst.length - 1} value={place} onChange={pickEpoch} aria-valuetext={`Epoch ${epoch.number}, ${moment(epoch.publishedAt)}`} />
      </label>
      <output>Epoch {epoch.number} <span class="muted">of {last.number}, published {moment(epoch.publishedAt)}</span></output>
      <label><span>Known on</span><input type="date" value={asked.get("known") ?? epoch.publishedAt.slice(0, 10)} max={last.publishedAt.slice(0, 10)} onChange={picked("known", { epoch: null })} /></label>
      <label><span>Windows end on</span><input type="date" value={asked.get("day") ?? newest} max={newest} onChange={picked("day")} /></label>
      {knowledgeOf(search) && <button type="button" class="btn ghost" onClick={() => pick({ epoch: null, known: null, day: null })}>Back to the newest</button>}
    </section>
  );
}

/** The days of a window in words, for the head of what stands on it. */
export const spanOf = ({ windowStart, windowEnd }) => (windowStart ? `${day(windowStart)} – ${day(windowEnd)}` : `to ${day(windowEnd)}`);
