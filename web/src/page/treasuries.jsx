import { useEffect } from "preact/hooks";
import { compact, day, plain, words } from "./format.js";
import { Card, Origin, Screen, Table, Value, useQuery } from "./parts.jsx";

const NONE = {};

export function Treasuries() {
  const state = useQuery("Treasuries", NONE);
  useEffect(() => void (document.title = "Treasuries · Accrual"), []);
  return (
    <Screen state={state}>
      {({ organisations }) => {
        const held = organisations.nodes.flatMap((owner) => owner.treasury.holdings.map((holding) => ({ owner, holding })));
        held.sort((one, other) => Number(other.holding.market.value ?? -1) - Number(one.holding.market.value ?? -1));
        const rows = held.map(({ owner, holding }) => ({
          key: owner.slug + holding.symbol,
          cells: [
            <span class="who"><b>{owner.name}</b><small>{[owner.ticker, words(owner.kind)].filter(Boolean).join(" · ")}</small></span>,
            holding.symbol.toUpperCase(), plain(holding.amount, 2), <Value metric={holding.market} />,
            holding.costUsd == null ? <span class="none">no data</span> : compact(holding.costUsd), <Value metric={holding.shareOfSupply} />,
            <Value metric={owner.treasury.realized} />, day(holding.asOf), holding.source?.name ?? "",
          ],
        }));
        const columns = [["Who"], ["What"], ["Amount", "n"], ["Worth", "n"], ["Cost", "n"], ["Of supply", "n"], ["mNAV", "n"], ["As of"], ["Source"]];
        const table = held.map(({ owner, holding }) => [owner.slug, holding.symbol, holding.amount, holding.market.value, holding.costUsd, holding.asOf]);
        return (
          <>
            <section class="hero"><h1>Treasuries</h1><p>Companies and their tokens, as they stated them. ≈ marks worths that are put by the source and not by a price of ours.</p></section>
            <Card title="Holdings" flush><Table label="Holdings" columns={columns} rows={rows} empty="No holding is on record." /></Card>
            <Origin name="Treasuries" variables={NONE} table={[["organisation", "symbol", "amount", "worthUsd", "costUsd", "asOf"], ...table]} />
          </>
        );
      }}
    </Screen>
  );
}
