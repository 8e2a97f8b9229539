// Operations in a URL's fragment, which no server ever sees. Headers, and so API keys, are never part of it.
const encoded = (text) =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const decoded = (text) =>
  new TextDecoder().decode(Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0)));

export function fragmentOf(query, variables) {
  return "#" + new URLSearchParams({ q: encoded(query), ...(variables ? { v: encoded(variables) } : {}) });
}

/** The operation of a fragment, or null where there is none that can be read. */
export function operationOf(fragment) {
  const parameters = new URLSearchParams(fragment.slice(1));
  if (!parameters.get("q")) return null;
  try {
    const variables = parameters.get("v");
    return { query: decoded(parameters.get("q")), variables: variables ? decoded(variables) : undefined };
  } catch {
    return null;
  }
}
