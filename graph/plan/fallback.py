"""Why a request is left to graphql-core. Neither is ever shown to a client."""


class NotPlanned(Exception):
    """A plan can't be made of this request; the message says why."""


class Unexpected(Exception):
    """A value a plan can't complete: graphql-core executes the request and words the error."""
