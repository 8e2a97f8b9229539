"""What has an id, and pages of such things."""

from typing import Generic, TypeVar

import strawberry

from graph.fields import described

T = TypeVar("T")


@strawberry.interface(description="Anything with an id that holds for good and that `node` takes.")
class Node:
    id: strawberry.ID = described('Global id, opaque, for example "UHJvdG9jb2w6MTI=".')


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool = described("Whether more follows this page.")
    has_previous_page: bool = described("Whether anything comes before this page.")
    start_cursor: str | None = described("Cursor of the first node, for `before`; null on an empty page.")
    end_cursor: str | None = described("Cursor of the last node, for `after`; null on an empty page.")


@strawberry.type(description="A node and its place in the list.")
class Edge(Generic[T]):
    cursor: str = described("Its place, for `after` and `before`. It carries its epoch: pages never shift.")
    node: T = described("The node.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = described("The nodes of this page with their cursors.")
    nodes: list[T] = described("The nodes of this page.")
    page_info: PageInfo = described("Where the page lies.")
    total_count: int = described("How many nodes the whole list has.")
