// How numbers and days are written. Null never becomes a number here.
const STEPS = [
  [1e12, "T"],
  [1e9, "B"],
  [1e6, "M"],
  [1e3, "K"],
];

export function compact(value) {
  const number = Number(value);
  const [step, letter] = STEPS.find(([least]) => Math.abs(number) >= least) ?? [1, ""];
  const scaled = Math.abs(number) / step;
  const digits = scaled >= 100 || (step === 1 && Number.isInteger(number)) ? 0 : scaled >= 10 ? 1 : 2;
  return (number < 0 ? "−" : "") + "$" + scaled.toFixed(digits) + letter;
}

const WRITTEN = {
  USD: compact,
  USD_PER_TOKEN: (value) => "$" + plain(value, 4),
  RATIO: (value) => plain(value, 2),
  PERCENT: (value) => plain(value, 1) + "%",
};

/** A known value in its unit. */
export const written = (value, unit) => (WRITTEN[unit] ?? ((known) => plain(known, 2)))(value);

export const plain = (value, digits = 0) => Number(value).toLocaleString("en-GB", { maximumFractionDigits: digits });

export const percent = (fraction, digits = 0) => (fraction * 100).toFixed(digits) + "%";

export const signed = (fraction) => (fraction < 0 ? "−" : "+") + Math.abs(fraction * 100).toFixed(1) + "%";

const DAY = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" };

export const day = (iso, options = DAY) => new Date(`${iso}T00:00Z`).toLocaleDateString("en-GB", options);

export const shortDay = (iso) => day(iso, { day: "numeric", month: "short", timeZone: "UTC" });

export const moment = (iso) => `${day(iso.slice(0, 10))}, ${iso.slice(11, 16)} UTC`;

/** A sentence of the API without the marks that it puts around names. */
export const plainly = (sentence) => sentence?.replaceAll("`", "");

export const words = (constant) => constant.toLowerCase().replaceAll("_", " ");

const DAY_OF_MILLISECONDS = 86_400_000;

/** The ISO day so many days before another, before today if none is said. */
export function daysAgo(count, from = Date.now()) {
  return new Date(new Date(from).getTime() - count * DAY_OF_MILLISECONDS).toISOString().slice(0, 10);
}

/** What a chart of a year asks for: of a store that is months behind, a year of its own days too. */
export function spanAt(at) {
  const last = at?.day ?? daysAgo(0);
  return { from: daysAgo(at?.day ? 365 : 500, last), to: last };
}

/** Rows as CSV; text that holds a separator or a quote is quoted. */
export function csv(rows) {
  const cell = (value) => (/[",\n]/.test(value ?? "") ? `"${value.replaceAll('"', '""')}"` : (value ?? ""));
  return rows.map((row) => row.map((value) => cell(value == null ? null : String(value))).join(",")).join("\n") + "\n";
}
