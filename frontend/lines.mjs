// One rule a line: two people who change styles at once can then be merged, and a change can be read.
import { readFileSync, writeFileSync } from "node:fs";

const [path] = process.argv.slice(2);
writeFileSync(path, readFileSync(path, "utf8").replace(/\}(?=[^}\n])/g, "}\n"));
