// The schema as Relay's compiler takes it: its `node` has to have the argument `id` alone, ours has `at` too.
import { readFileSync, writeFileSync } from "node:fs";
import { Kind, parse, print, visit } from "graphql";

const [from, to] = process.argv.slice(2);
const onlyId = (field) => (field.name.value === "node" && field.arguments?.length ? { ...field, arguments: field.arguments.filter(({ name }) => name.value === "id") } : undefined);
writeFileSync(to, print(visit(parse(readFileSync(from, "utf8")), { [Kind.FIELD_DEFINITION]: onlyId })));
