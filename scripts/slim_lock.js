// Leaves no address in package-lock.json: an install asks the registry that the machine is set to.
import { readFileSync, writeFileSync } from "node:fs";

const WITH_ADDRESSES = new Set(["resolved", "funding", "deprecated"]);

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"), (key, value) => (WITH_ADDRESSES.has(key) ? undefined : value));
writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 1)}\n`);
