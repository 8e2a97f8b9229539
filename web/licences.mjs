// The licences of all that may end up in a bundle: third parties ask that their text travels along.
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Of each package below a node_modules folder: its name, version, licence and the licence's text. */
export async function licences(modules) {
  const parts = [];
  for (const path of (await packages(modules)).sort()) {
    const { name, version, license } = JSON.parse(await readFile(join(path, "package.json"), "utf8"));
    const texts = (await readdir(path)).filter((file) => /^(licen[cs]e|copying|notice|ofl|thirdparty)/i.test(file)).sort();
    const contents = await Promise.all(texts.map((file) => readFile(join(path, file), "utf8").catch(() => "")));
    parts.push([`${name} ${version} (${license ?? "see text"})`, ...contents.map((text) => text.trim())].join("\n\n"));
  }
  return parts.join(`\n\n${"-".repeat(80)}\n\n`) + "\n";
}

async function packages(modules) {
  const found = [];
  for (const entry of await readdir(modules, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name.startsWith(".")) continue;
    const path = join(modules, entry.name);
    if (entry.name.startsWith("@")) found.push(...(await packages(path)));
    else found.push(path);
  }
  return found;
}
