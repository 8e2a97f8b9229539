import { useEffect } from "preact/hooks";
import { go, searchWith } from "./address.js";
import { day, words } from "./format.js";
import { Barred, Value } from "./numbers.jsx";
import { Avatar, Choice, Origin, Screen, useQuery } from "./parts.jsx";
import { Card, Source, Table } from "./table.jsx";

const NONE = {};
const WORTH = { meaning: "The amount at our price of that day; ≈ where the source put it instead." };
const SHARE = { meaning: "The amount over the token's total supply." };
const MNAV = { meaning: "Market value of the company over what its treasury is worth." };
const NO_COST = "Nobody on record said what was paid for all of it.";
const COLUMNS = [
  ["Who"],
  ["What"],
  ["Amount", "n"],
  ["Worth", "n bar", WORTH.meaning],
  ["Paid for it", "n"],
  ["Of supply", "n", SHARE.meaning],
  ["mNAV", "n", MNAV.meaning],
  ["As of"],
  ["Source"],
];

/** A number of a holding as its source states it. */
const stated = ({ asOf, source }, value, unit) => ({ value, unit, asOf, source, state: value == null ? "NOT_REPORTED" : "OK" });

function rowOf({ owner, holding }, most) {
  const who = (
    <span class="who">
      <Avatar name={owner.name} />
      <span>
        <b>{owner.name}</b>
        <small>{[owner.ticker, words(owner.kind)].filter(Boolean).join(" · ")}</small>
      </span>
    </span>
  );
  const cells = [
    who,
    holding.symbol.toUpperCase(),
    <Value metric={stated(holding, holding.amount, "TOKENS")} />,
    <Barred metric={{ ...holding.market, source: holding.source, methodology: WORTH }} most={most} />,
    <Value metric={{ ...stated(holding, holding.costUsd, "USD"), reason: holding.costUsd == null ? NO_COST : null }} />,
    <Value metric={{ ...holding.shareOfSupply, source: holding.source, methodology: SHARE }} />,
    <Value metric={{ ...owner.treasury.realized, methodology: MNAV }} />,
    day(holding.asOf),
    <Source {...holding} />,
  ];
  return { key: owner.slug + holding.symbol, cells };
}

function tableOf(held) {
  const names = ["organisation", "ticker", "symbol", "amount", "worthUsd", "costUsd", "shareOfSupply", "mnav", "asOf", "source"];
  return [
    names,
    ...held.map(({ owner, holding }) => [
      owner.slug,
      owner.ticker,
      holding.symbol,
      holding.amount,
      holding.market.value,
      holding.costUsd,
      holding.shareOfSupply.value,
      owner.treasury.realized.value,
      holding.asOf,
      holding.source.name,
    ]),
  ];
}

const shownOf = (held, asset) => held.filter(({ holding }) => !asset || holding.symbol === asset);

function Holdings({ held, asset }) {
  const counts = new Map();
  for (const { holding } of held) counts.set(holding.symbol, (counts.get(holding.symbol) ?? 0) + 1);
  const chips = [[null, "All"], ...[...counts].map(([symbol, count]) => [symbol, `${symbol.toUpperCase()} ${count}`])];
  const shown = shownOf(held, asset);
  const most = Math.max(1, ...shown.map(({ holding }) => Number(holding.market.value ?? 0)));
  const pick = (symbol) => go(location.pathname + searchWith(location.search, { asset: symbol }), true);
  return (
    <Card
      title="Holdings"
      flush
      table={tableOf(shown)}
      aside={<Choice look="chips upper" label="Token" value={asset} options={chips} onChange={pick} />}
    >
      <Table label="Holdings" columns={COLUMNS} rows={shown.map((each) => rowOf(each, most))} empty="No holding is on record." />
    </Card>
  );
}

export function Treasuries({ search }) {
  const state = useQuery("Treasuries", NONE);
  useEffect(() => void (document.title = "Treasuries · Accrual"), []);
  return (
    <Screen state={state}>
      {({ organisations }) => {
        const asset = new URLSearchParams(search).get("asset");
        const held = organisations.nodes.flatMap((owner) => owner.treasury.holdings.map((holding) => ({ owner, holding })));
        held.sort((one, other) => Number(other.holding.market.value ?? -1) - Number(one.holding.market.value ?? -1));
        return (
          <>
            <section class="hero">
              <h1>Treasuries</h1>
              <p>Companies and the tokens they hold, as they stated them. Point at a worth to see how it was put.</p>
            </section>
            <Holdings held={held} asset={asset} />
            <Origin name="Treasuries" variables={NONE} table={tableOf(shownOf(held, asset))} />
          </>
        );
      }}
    </Screen>
  );
}
