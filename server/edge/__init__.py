"""The edge: GraphQL over HTTP, WebSocket and server-sent events, and everything that guards it."""
