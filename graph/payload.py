"""What a caller chooses of an alert: a fragment, held to every limit and executed as the subscription would."""

from inspect import isawaitable

from graphql import FragmentDefinitionNode, GraphQLSchema, execute, parse
from graphql.error import GraphQLSyntaxError

from graph.document import Document, Documents
from graph.execution import Answer, answered
from graph.limits import Limits
from graph.refusal import Refused, coded, refused
from resolvers.alert import AlertRow
from resolvers.context import Context

NOT_A_FRAGMENT = "This must be one fragment on AlertEvent, and nothing else."
ON = "AlertEvent"
# What is told where nothing is chosen.
USUAL = """\
fragment Usual on AlertEvent {
  seq at epoch op rule protocol { slug }
  change { seq kind type id fields }
  entry { id kind mechanism occurredAt usd token { symbol } disposition }
  value { key window value state reason }
  before
}"""


class Payloads:
    """The fragments of one schema, each read once. A payload may cost `most_points`."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, most_points: int) -> None:
        self.schema, self.limits, self.most_points = schema, limits, most_points
        self.documents = Documents(schema, limits)

    def read(self, fragment: str | None) -> Document:
        """The document of a fragment, the usual one for None; raises Refused."""
        text = USUAL if fragment is None else fragment
        document = self.documents.read(f"subscription {{ alerts(rules: []) {{ ...{self._name(text)} }} }}\n{text}")
        points = document.operation(None).price.total({}).cost
        if points > self.most_points:
            message = f"A payload of this fragment costs {points} points, {self.most_points} are allowed."
            raise refused("COST_LIMIT_EXCEEDED", message, found=points, limit=self.most_points)
        return document

    async def payload(self, document: Document, alert: AlertRow, context: Context) -> Answer:
        """The fragment of an alert, at the pin of the context, as `data` of the subscription has it."""
        found = execute(self.schema, document.node, root_value=alert, context_value=context, hide_suggestions=True)
        return answered(await found if isawaitable(found) else found)

    def _name(self, text: str) -> str:
        """Of the only definition of a text; raises Refused where it is not one fragment on alerts."""
        try:
            definitions = parse(text, max_lexical_tokens=self.limits.tokens).definitions
        except GraphQLSyntaxError as error:
            raise Refused([coded("GRAPHQL_PARSE_FAILED", error.message)]) from error
        [only, *more] = definitions
        if more or not isinstance(only, FragmentDefinitionNode) or only.type_condition.name.value != ON:
            raise refused("GRAPHQL_VALIDATION_FAILED", NOT_A_FRAGMENT)
        return only.name.value
