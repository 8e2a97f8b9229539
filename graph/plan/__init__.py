"""A query compiled into levels of batches: the fast execution, which graphql-core checks and stands in for."""
