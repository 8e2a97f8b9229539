"""Plans of documents, each made once."""

import strawberry

from graph.execution import Job
from graph.plan.compile import Shape, compile_plan
from graph.plan.inputs import Inputs
from graph.plan.latest import Latest
from graph.plan.operation import Reading, reading_of

OPERATIONS = 2_000
PLANS = 2_000


class Planner:
    """The plans of one schema: one per document, operation and values of the variables in @skip and @include."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self.inputs = Inputs(schema)
        self.readings: Latest[Reading] = Latest(OPERATIONS)
        self.plans: Latest[Shape] = Latest(PLANS)

    def plan(self, job: Job) -> Shape:
        """The plan of an operation; NotPlanned when graphql-core has to answer."""
        operation = job.operation
        key = (job.document.digest, operation.name)
        reading = self.readings.get(key, lambda: reading_of(job.document.node, operation.node))
        flags = reading.flags(job.coerced)
        return self.plans.get(
            (*key, *flags.values()), lambda: compile_plan(self.inputs, reading.fragments, operation.node, flags)
        )
