// Builds everything under server/static: GraphiQL, the page, the schema's pages, and the documents that the page may send.
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { schemaPages } from "./docs.mjs";
import { licences } from "./licences.mjs";

const ROOT = new URL("..", import.meta.url).pathname;
const SERVED = process.env.OUT ?? join(ROOT, "server/static");
// What is served stays until all of what takes its place is there.
const OUT = `${SERVED}.new`;
const BEFORE = `${SERVED}.old`;
const ASSETS = join(OUT, "assets");

const common = {
  bundle: true,
  minify: true,
  target: "es2022",
  legalComments: "none", // licences.txt has them whole
  logLevel: "warning",
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"' },
  chunkNames: "kept/[name]-[hash]",
  assetNames: "kept/[name]-[hash]",
};

/** Makes `import … from name` answer with a value made by the build. */
const generated = (name, value) => ({
  name,
  setup(building) {
    building.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: name }));
    building.onLoad({ filter: /.*/, namespace: name }, () => ({ contents: JSON.stringify(value), loader: "json" }));
  },
});

async function textsOf(folder) {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".graphql")).sort();
  return Promise.all(names.map(async (name) => [name.slice(0, -8), await readFile(join(folder, name), "utf8")]));
}

async function examplesOf(folder) {
  const first = ([name]) => (name === "HomeLeaderboard" ? 0 : 1);
  const texts = (await textsOf(folder)).sort((one, other) => first(one) - first(other));
  return Promise.all(
    texts.map(async ([name, query]) => ({
      name,
      query,
      variables: (await readFile(join(folder, `${name}.variables.json`), "utf8")).trim(),
    })),
  );
}

async function graphiql(examples) {
  const tabs = examples.map(({ query, variables }) => ({ query, variables: variables === "{}" ? undefined : variables }));
  const workers = {
    "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
    "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
    "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
  };
  await build({
    ...common,
    entryPoints: { graphiql: "src/graphiql/main.jsx" },
    outdir: ASSETS,
    format: "esm",
    splitting: true,
    loader: { ".ttf": "file" },
    plugins: [generated("examples", tabs)],
  });
  await build({ ...common, entryPoints: workers, outdir: join(ASSETS, "workers"), format: "iife" });
  await cp("src/graphiql/index.html", join(OUT, "graphiql.html"));
}

/** A document with the shared fragments that it spreads. */
const whole = (text, fragments) =>
  [text, ...fragments.filter(([name]) => text.includes(`...${name}`)).map(([, fragment]) => fragment)].join("\n");

/** The page names its documents by their SHA-256; the server gets the texts. */
async function page() {
  const documents = {};
  const fragments = await textsOf("src/ops/shared");
  for (const [name, part] of await textsOf("src/ops")) {
    const text = whole(part, fragments);
    documents[name] = { text, hash: createHash("sha256").update(text).digest("hex") };
  }
  const texts = Object.values(documents).map(({ hash, text }) => [hash, text]);
  await writeFile(join(OUT, "documents.json"), JSON.stringify(Object.fromEntries(texts)));
  await build({
    ...common,
    entryPoints: { page: "src/page/main.jsx" },
    outdir: ASSETS,
    format: "esm",
    jsxImportSource: "preact",
    loader: { ".woff2": "file" },
    plugins: [generated("documents", documents)],
  });
  await cp("src/page/index.html", join(OUT, "index.html"));
}

// The best, 11, takes six times as long for a twelfth less.
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

/** Beside each text that is worth it, its Brotli and its gzip, which the server sends as they are. */
async function compressed(folder) {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(js|css|html|svg|txt|ttf)$/.test(entry.name)) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const text = await readFile(path);
    await writeFile(`${path}.br`, brotliCompressSync(text, BROTLI));
    await writeFile(`${path}.gz`, gzipSync(text, { level: 9 }));
  }
}

for (const left of [OUT, BEFORE]) await rm(left, { recursive: true, force: true });
await mkdir(ASSETS, { recursive: true });
const examples = await examplesOf(join(ROOT, "docs/queries"));
await graphiql(examples);
await page();
await schemaPages(await readFile(join(ROOT, "schema.graphql"), "utf8"), examples, join(OUT, "docs"));
await cp("src/icon.svg", join(ASSETS, "icon.svg"));
await build({ ...common, entryPoints: { docs: "src/docs.css" }, outdir: ASSETS, loader: { ".woff2": "file" } });
await cp("src/llms.txt", join(OUT, "llms.txt"));
await writeFile(join(ASSETS, "licences.txt"), await licences("node_modules"));
await compressed(OUT);
if (existsSync(SERVED)) await rename(SERVED, BEFORE);
await rename(OUT, SERVED);
await rm(BEFORE, { recursive: true, force: true });
