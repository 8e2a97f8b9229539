// The schema as static pages: one for each kind of type, one for the queries. No script, no request elsewhere.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  buildSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
} from "graphql";
import { ELSEWHERE, SCREENS } from "./src/places.js";
import { fragmentOf } from "./src/share.js";

const KINDS = [
  ["objects", "Objects", isObjectType],
  ["inputs", "Inputs", isInputObjectType],
  ["enums", "Enums", isEnumType],
  ["interfaces", "Interfaces", isInterfaceType],
  ["unions", "Unions", isUnionType],
  ["scalars", "Scalars", isScalarType],
];

const escaped = (text) => String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
const said = (text) => (text ? `<p>${escaped(text).replace(/`([^`]+)`/g, "<code>$1</code>")}</p>` : "");
const kindOf = (type) => KINDS.find(([, , is]) => is(type))[0];

/** Writes the pages into a folder. */
export async function schemaPages(sdl, examples, folder) {
  const schema = buildSchema(sdl);
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter(Boolean);
  const types = Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type) && !roots.includes(type))
    .sort((one, other) => one.name.localeCompare(other.name));
  await mkdir(folder, { recursive: true });
  const write = (name, title, parts, section) => writeFile(join(folder, `${name}.html`), page(name, title, parts, section));
  await write("index", "The schema", roots, typeSection);
  for (const [name, title, is] of KINDS) await write(name, title, types.filter(is), typeSection);
  await write("queries", "Queries to start from", examples, exampleSection);
}

const LOGO = `<a class="logo" href="/"><img src="/assets/icon.svg" width="26" height="26" alt="">Accrual</a>`;
const PLACES = [...SCREENS, ...ELSEWHERE];

const link = ([to, label], current) => `<a href="${to}"${current ? ' aria-current="page"' : ""}>${label}</a>`;

function page(current, title, parts, section) {
  const pages = [["index", "Query, Mutation and Subscription"], ...KINDS, ["queries", "Queries to start from"]];
  const kinds = pages.map(([name, label]) => link([`/docs${name === "index" ? "" : `/${name}`}`, label], name === current));
  const names = parts.map(({ name }) => `<li><a href="#${name}">${name}</a></li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Accrual</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/docs.css">
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top">${LOGO}<nav aria-label="Main">${PLACES.map((each) => link(each, each[0] === "/docs")).join("")}</nav></header>
<div class="body">
<aside class="side" aria-label="Contents">
<nav class="kinds" aria-label="Schema">${kinds.join("")}<a href="/schema.graphql">schema.graphql</a></nav>
<ul class="names">${names.join("")}</ul>
</aside>
<main id="main" tabindex="-1">
<h1>${title}</h1>
${parts.map(section).join("")}
</main>
</div>
</body>
</html>
`;
}

function linked(type) {
  const named = getNamedType(type);
  const text = escaped(String(type));
  if (isSpecifiedScalarType(named)) return `<code>${text}</code>`;
  return `<code>${text.replace(named.name, `<a href="/docs/${kindOf(named)}#${named.name}">${named.name}</a>`)}</code>`;
}

function typeSection(type) {
  const members = isUnionType(type)
    ? `<p>${type.getTypes().map(linked).join(" or ")}</p>`
    : isEnumType(type)
      ? list(type.getValues(), (value) => `<code>${value.name}</code>`)
      : type.getFields
        ? list(Object.values(type.getFields()), fieldTerm, argumentsOf)
        : "";
  const url = type.specifiedByURL ? `<p><a href="${escaped(type.specifiedByURL)}">Specification</a></p>` : "";
  return `<section id="${type.name}"><h2>${type.name}</h2>${said(type.description)}${url}${members}</section>\n`;
}

function list(items, term, more = () => "") {
  const entry = (item) => `<dt>${term(item)}</dt><dd>${said(item.description)}${deprecated(item)}${more(item)}</dd>`;
  return `<dl>${items.map(entry).join("\n")}</dl>`;
}

const fieldTerm = (field) => `<code>${field.name}</code> ${linked(field.type)}${standard(field)}`;
const standard = (field) =>
  field.defaultValue === undefined ? "" : ` <span>= <code>${escaped(JSON.stringify(field.defaultValue))}</code></span>`;
const deprecated = (item) => (item.deprecationReason ? `<p><strong>Deprecated.</strong> ${escaped(item.deprecationReason)}</p>` : "");
const argumentsOf = (field) => (field.args?.length ? list(field.args, fieldTerm) : "");

function exampleSection({ name, query, variables }) {
  const open = escaped(`/graphiql${fragmentOf(query, variables)}`);
  return `<section id="${name}"><h2>${name}</h2>
<p><a class="btn" href="${open}" aria-label="Open ${name} in GraphiQL">Open in GraphiQL</a></p>
<pre tabindex="0" role="region" aria-label="The query ${name}"><code>${escaped(query)}</code></pre>
<pre tabindex="0" role="region" aria-label="Variables of ${name}"><code>${escaped(variables)}</code></pre></section>\n`;
}
