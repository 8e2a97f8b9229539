// Cards and tables, of which each can be saved.
import { useLayoutEffect, useRef } from "preact/hooks";
import { csv } from "./format.js";

/** `table` is what the card shows as rows of cells, the first the names: it can be saved. */
export function Card({ title, aside, flush, short, table, children }) {
  const id = title.toLowerCase().replace(/\W+/g, "-");
  return (
    <section class={`card ${flush ? "flush" : ""} ${short ? "short" : ""}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {aside}
        {table?.length > 1 && <Save name={id} table={table} />}
      </header>
      {children}
    </section>
  );
}

function Save({ name, table }) {
  return (
    <button type="button" class="save" aria-label={`Save ${name.replaceAll("-", " ")} as CSV`} onClick={() => save(`${name}.csv`, table)}>
      CSV
    </button>
  );
}

/** What a table is saved as: of each item the parts of these names. */
export const cellsOf = (names, items) => [names, ...items.map((item) => names.map((name) => item[name]))];

/** The source of an item, where it says so itself. */
export const Source = ({ source, sourceUrl }) =>
  sourceUrl ? (
    <a href={sourceUrl} rel="noreferrer">
      {source?.name ?? "source"}
    </a>
  ) : (
    (source?.name ?? "")
  );

export const bySource = (items) => items.map((item) => ({ ...item, source: item.source?.name }));

export function save(name, rows) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([csv(rows)], { type: "text/csv" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Of what a table tells, one part is a stop of the Tab key: the arrows go on from there. */
function useOneStop() {
  const box = useRef();
  useLayoutEffect(() => {
    const find = (which) => box.current?.querySelector(which);
    const told = find('[data-why][tabindex="0"]') ?? find("tbody [data-why]") ?? find("[data-why]");
    if (told) told.tabIndex = 0;
  });
  return box;
}

/** `columns` are [label, class, why, order] tuples; `rows` hold cells, of which the one at `head` names its row. */
export function Table({ label, columns, rows, empty, head = 0 }) {
  const box = useOneStop();
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`Table: ${label}`} ref={box}>
      <table>
        <thead>
          <tr>{columns.map(headOf)}</tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells }) => (
            <tr key={key}>{cells.map((cell, place) => cellOf(cell, columns[place][1], place, place === head))}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const headOf = ([text, look, why, order]) => (
  <th scope="col" class={look} key={text} data-why={why} tabIndex={why && -1} aria-sort={order}>
    {text}
  </th>
);

const cellOf = (cell, look, place, names) =>
  names ? (
    <th scope="row" key={place}>
      {cell}
    </th>
  ) : (
    <td class={look} key={place}>
      {cell}
    </td>
  );
