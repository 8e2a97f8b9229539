// What stands in the page's address, so that whoever is sent it sees the same: what was known when, and how a list is cut.
const KNOWLEDGE = ["epoch", "known", "day"];

/** Changes of the address are followed without loading the page again; `quietly` leaves no step to go back to. */
export function go(address, quietly = false) {
  history[quietly ? "replaceState" : "pushState"](null, "", address);
  dispatchEvent(new PopStateEvent("popstate"));
}

/** The search part of an address with some of its parameters changed; null takes one away. */
export function searchWith(search, changes) {
  const asked = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) value == null || value === "" ? asked.delete(name) : asked.set(name, value);
  return asked.size ? `?${asked}` : "";
}

const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);
const isPast = (text) => isDay(text) && Date.parse(text) <= Date.now();
const GOOD = { epoch: (text) => /^[1-9]\d{0,8}$/.test(text), known: isPast, day: isPast };
const MEANS = {
  epoch: "the number of an epoch",
  known: "a day up to today, such as 2026-02-12",
  day: "a day up to today, such as 2026-02-12",
};

const pairs = (search) => [...new URLSearchParams(search)].filter(([name]) => KNOWLEDGE.includes(name));

/** The part of it that says what is known, without what cannot be meant: links between screens keep that. */
export function knowledgeOf(search) {
  const asked = pairs(search).filter(([name, text]) => GOOD[name](text));
  return asked.length ? `?${new URLSearchParams(asked)}` : "";
}

/** A sentence for each part of it that cannot be meant, and is passed over. */
export const passedOver = (search) =>
  pairs(search)
    .filter(([name, text]) => !GOOD[name](text))
    .map(([name, text]) => `The address says ${name}=${text}, which is not ${MEANS[name]}: it is passed over.`);

/** The `at` that an address asks for, null for the newest: an epoch or a day of knowledge, and a day on which windows end. */
export function atOf(search) {
  const asked = new URLSearchParams(knowledgeOf(search));
  const [epoch, known, day] = KNOWLEDGE.map((name) => asked.get(name));
  const at = { ...(epoch ? { epoch: Number(epoch) } : known ? { knownAt: `${known}T23:59:59Z` } : {}), ...(day ? { day } : {}) };
  return Object.keys(at).length ? at : null;
}
