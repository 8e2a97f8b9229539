import "./workers.js";
// Imported here and not only by GraphiQL itself, so that esbuild puts Monaco's styles into graphiql.css.
import "monaco-graphql/esm/monaco-editor.js";
import "monaco-graphql/esm/lite.js";
import { useCallback, useMemo } from "react";
import { createRoot } from "react-dom/client";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { ToolbarButton, useGraphiQL } from "@graphiql/react";
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
// The parts of graphiql/style.css but for its fonts in data: URLs, which font-src 'self' forbids.
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "@graphiql/plugin-explorer/style.css";
import "graphiql/graphiql.css";
import "./graphiql.css";
import { fragmentOf, operationOf } from "../share.js";
import { withoutHeaders } from "./storage.js";
import examples from "examples";

const root = document.getElementById("graphiql");
const endpoint = root.dataset.endpoint;
const sockets = new URL(endpoint, location.href);
sockets.protocol = sockets.protocol === "https:" ? "wss:" : "ws:";

function Share() {
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const share = useCallback(async () => {
    history.replaceState(null, "", fragmentOf(queryEditor?.getValue() ?? "", variableEditor?.getValue()));
    // Without the permission to copy, the address bar has the link.
    await navigator.clipboard?.writeText(location.href).catch(() => {});
  }, [queryEditor, variableEditor]);
  return (
    <ToolbarButton onClick={share} label="Copy link to this operation">
      <svg viewBox="0 0 24 24" className="graphiql-toolbar-icon" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="2">
        <path d="M10 14a4 4 0 0 0 6 0l4-4a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-4 4a4 4 0 0 0 6 6l1-1" />
      </svg>
    </ToolbarButton>
  );
}

function App() {
  const shared = useMemo(() => operationOf(location.hash), []);
  // Given the address and not a client, it sends the header editor's keys with connection_init too.
  const fetcher = useMemo(() => createGraphiQLFetcher({ url: endpoint, subscriptionUrl: sockets.href }), []);
  const plugins = useMemo(() => [HISTORY_PLUGIN, explorerPlugin({ showAttribution: false })], []);
  return (
    <GraphiQL
      fetcher={fetcher}
      plugins={plugins}
      storage={withoutHeaders(localStorage)}
      initialQuery={shared?.query}
      initialVariables={shared?.variables}
      defaultQuery={examples[0].query}
      defaultTabs={[...(shared ? [shared] : []), ...examples]}
      defaultEditorToolsVisibility="headers"
      shouldPersistHeaders={false}
      showPersistHeadersSettings={false}
      inputValueDeprecation
      schemaDescription
    >
      <GraphiQL.Logo>
        <a className="brand" href="/">
          Accrual
        </a>
      </GraphiQL.Logo>
      <GraphiQL.Toolbar>
        {({ prettify, copy, merge }) => (
          <>
            {prettify}
            {merge}
            {copy}
            <Share />
          </>
        )}
      </GraphiQL.Toolbar>
    </GraphiQL>
  );
}

createRoot(root).render(<App />);
