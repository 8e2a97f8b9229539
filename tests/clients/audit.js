// Runs graphql-http's audits of a server; prints those that are not met as JSON.
import { auditServer } from "graphql-http";

const results = await auditServer({ url: process.argv[2] });
const unmet = results.filter((result) => result.status !== "ok");
console.log(JSON.stringify({ audits: results.length, unmet: unmet.map(({ id, name, reason }) => ({ id, name, reason })) }));
