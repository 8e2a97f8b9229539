"""How many tokens there are, by what is counted, and what they are worth."""

from dataclasses import dataclass
from enum import StrEnum

from valuation.outcome import HUNDRED, Outcome, State, calculated, quotient, weakened


class SupplyBasis(StrEnum):
    """Which tokens are counted in a capitalisation."""

    CIRCULATING = "circulating"
    OUTSTANDING = "outstanding"
    TOTAL = "total"
    FULLY_DILUTED = "fully_diluted"


@dataclass(frozen=True, slots=True)
class Supplies:
    """The supply of a token in tokens. `outstanding` is the total less what was bought back or recognised as burned."""

    circulating: Outcome
    outstanding: Outcome
    total: Outcome
    maximum: Outcome

    def by(self, basis: SupplyBasis) -> Outcome:
        """Supply on a basis. Without a maximum the total stands in for it, as at CoinGecko, ESTIMATED."""
        if basis is SupplyBasis.CIRCULATING:
            return self.circulating
        if basis is SupplyBasis.OUTSTANDING:
            return self.outstanding
        if basis is SupplyBasis.TOTAL:
            return self.total
        return self._fully_diluted()

    def _fully_diluted(self) -> Outcome:
        if self.maximum.value is not None or self.total.value is None:
            return self.maximum
        return weakened(self.total, State.ESTIMATED, "No maximum supply is reported; the total stands in for it.")


def capitalisation(price: Outcome, supplies: Supplies, basis: SupplyBasis) -> Outcome:
    """Price x supply on the basis, in USD."""
    return calculated(lambda p, tokens: p * tokens, price=price, supply=supplies.by(basis))


def outstanding(total_supply: Outcome, bought_back_held: Outcome, recognised_burns: Outcome) -> Outcome:
    """Tokens that still have a claim: the total less what the protocol holds bought back or treats as burned."""
    return calculated(
        lambda total, held, recognised: total - held - recognised,
        total_supply=total_supply,
        bought_back_held=bought_back_held,
        recognised_burns=recognised_burns,
    )


def net_supply_change(emissions: Outcome, unlocks: Outcome, removed_tokens: Outcome) -> Outcome:
    """Tokens that came into the float less those that left it; negative when the float shrank."""
    return calculated(
        lambda emitted, unlocked, removed: emitted + unlocked - removed,
        emissions=emissions,
        unlocks=unlocks,
        removed_tokens=removed_tokens,
    )


def burn_share(burned_onchain: Outcome, total_supply: Outcome, maximum_supply: Outcome) -> Outcome:
    """Tokens burned on-chain in percent of the total supply and the burned together.

    Without a total the maximum stands in for both together, ESTIMATED.
    """
    if total_supply.value is None and maximum_supply.value is not None:
        issued = weakened(maximum_supply, State.ESTIMATED, "No total supply is reported; of the most there can be.")
    else:
        issued = calculated(lambda total, burned: total + burned, total_supply=total_supply, burned=burned_onchain)
    return calculated(
        lambda burned, all_: quotient(burned * HUNDRED, all_, "total supply and tokens burned"),
        tokens_burned=burned_onchain,
        total_supply=issued,
    )
