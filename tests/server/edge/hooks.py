"""What schemathesis has to know of our schema: how its scalars are written, and what a finding is."""

import schemathesis
from hypothesis import strategies as st
from hypothesis_graphql import nodes
from schemathesis import Case, CheckContext, Response

LARGEST = 10**9

schemathesis.graphql.scalar(
    "Decimal",
    st.decimals(-LARGEST, LARGEST, allow_nan=False, places=6).map(lambda number: nodes.String(str(number))),
)
schemathesis.graphql.scalar("URL", st.sampled_from(["https://example.org", ""]).map(nodes.String))
schemathesis.graphql.scalar("Date", st.dates().map(lambda day: nodes.String(day.isoformat())))
schemathesis.graphql.scalar("DateTime", st.datetimes().map(lambda moment: nodes.String(f"{moment.isoformat()}Z")))


@schemathesis.check
def answered_by_its_own_rules(context: CheckContext, response: Response, case: Case) -> None:
    """Errors with a code of ours are answers: an epoch that is none is what is drawn most."""
    assert response.status_code in (200, 400), response.text
    errors = response.json().get("errors", [])
    assert not [error for error in errors if error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"], errors
