// Builds what the pages serve, into functions/portal/static: `node functions/portal/assets/build.mjs`
// (`make setup` calls it). Each file carries the hash of its content in its name, so browsers may
// keep it for ever; manifest.json leads from the plain name to that one.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";
import { NodePackageImporter, compile } from "sass";

import { drawings } from "./drawings.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const STATIC = join(HERE, "../static");
const ROOT = join(HERE, "../../..");
const LIMITS = { "portal.css": 15_000, "portal.js": 8_000, "uploads.js": 3_000, "signatures.js": 1_000, "office.js": 3_000 }; // bytes, gzipped: phones on slow networks

function styles() {
  const options = { style: "compressed", importers: [new NodePackageImporter(HERE)] };
  return compile(join(HERE, "portal.scss"), options).css;
}

async function script(name, format) {
  const options = { bundle: true, minify: true, write: false, charset: "utf8", legalComments: "none" };
  const entry = { entryPoints: [join(HERE, name)], format, target: "es2022" };
  return (await build({ ...options, ...entry })).outputFiles[0].text;
}

function hashed(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  return name.replace(/(\.\w+)$/, `.${hash}$1`);
}

const files = {
  "portal.css": styles(),
  "portal.js": await script("portal.js", "esm"),
  "uploads.js": await script("uploads.js", "esm"),
  "signatures.js": await script("signatures.js", "esm"),
  "office.js": await script("office.js", "esm"),
  "start.js": await script("start.js", "iife"),
  "mark.svg": readFileSync(join(HERE, "mark.svg"), "utf8"),
};

for (const [name, limit] of Object.entries(LIMITS)) {
  const weight = gzipSync(files[name]).length;
  if (weight > limit) throw new Error(`${name} weighs ${weight} bytes gzipped, more than ${limit}`);
}

const drawn = drawings(join(ROOT, "state_machines"), join(ROOT, "services/texts/machines.toml"));

rmSync(STATIC, { recursive: true, force: true });
mkdirSync(join(STATIC, "machines"), { recursive: true });
const manifest = {};
for (const [name, content] of Object.entries(files)) {
  manifest[name] = hashed(name, content);
  writeFileSync(join(STATIC, manifest[name]), content);
}
for (const [name, drawing] of drawn) {
  writeFileSync(join(STATIC, "machines", `${name}.json`), JSON.stringify(drawing));
}
writeFileSync(join(STATIC, "manifest.json"), JSON.stringify(manifest, null, 2));
