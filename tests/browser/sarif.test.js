// Logs in SARIF held to the format's own schema, one for each code: the first case of tests/messages that shows it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const Ajv = require("ajv");
// SARIF 2.1.0 as OASIS published it; of this package nothing else is used, but for the ajv that it brings
const schema = require("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const program = process.env.ETAPE ?? join(root, "target/debug/etape");
const folder = join(root, "tests/messages");

const ajv = new Ajv({ schemaId: "id", meta: require("ajv/lib/refs/json-schema-draft-04.json"), allErrors: true });
const isValid = ajv.compile(schema);

const codes = [...readFileSync(join(root, "docs/messages.md"), "utf8").matchAll(/^### ([a-z]+(?:-[a-z]+)+)$/gm)]
  .map(([, code]) => code);
const cases = readdirSync(folder).filter((name) => name.endsWith(".txt")).sort()
  .map((name) => readFileSync(join(folder, name), "utf8"));

// The site of a case: see the head of tests/messages.rs for its form.
function lay(text, site) {
  cpSync(join(folder, "site"), site, { recursive: true });
  const [given] = text.split(/^=== \$ /m);
  for (const section of given.split(/^=== /m).slice(1)) {
    const [title, ...lines] = section.split("\n");
    const [, name, how, target] = title.match(/^(.+?)(?: (is gone|escaped|->)(?: (.+))?)?$/);
    const file = join(site, name);
    rmSync(file, { recursive: true, force: true });
    if (how === "is gone") continue;
    mkdirSync(dirname(file), { recursive: true });
    if (how === "->") symlinkSync(target, file);
    else writeFileSync(file, how ? unescape(lines.join("\n")) : lines.join("\n"));
  }
}

function unescape(text) {
  const parts = text.split(/\\(x..|u\{\w+\}|[^])/);
  return Buffer.concat(parts.map((part, at) => {
    if (at % 2 === 0) return Buffer.from(part);
    if (part[0] === "x") return Buffer.from(part.slice(1), "hex");
    if (part[0] === "u") return Buffer.from(String.fromCodePoint(parseInt(part.slice(2), 16)));
    return Buffer.from({ r: "\r", t: "\t", "\n": "" }[part] ?? part);
  }));
}

// What a run on the site of a case writes.
function log(text) {
  const scratch = mkdtempSync(join(tmpdir(), "etape-sarif-"));
  try {
    const site = join(scratch, "site");
    lay(text, site);
    const run = spawnSync(program, ["check", "--root", site, "--format", "sarif"], { encoding: "utf8" });
    assert.ok([0, 1].includes(run.status), run.stderr);
    return JSON.parse(run.stdout);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

describe("SARIF", () => {
  for (const code of codes) {
    test(`the log with ${code} is valid`, () => {
      const text = cases.find((text) => text.includes(`[${code}]: `));
      assert.ok(text, "tests/messages has no case");
      const found = log(text);
      isValid(found);
      assert.deepEqual(isValid.errors, null);
      const { results, tool } = found.runs[0];
      assert.ok(results.some(({ ruleId }) => ruleId === code), "the log doesn't have it");
      // what a schema can't say
      for (const { ruleId, ruleIndex } of results) assert.equal(tool.driver.rules[ruleIndex].id, ruleId);
    });
  }

  test("no code is left out", () => {
    assert.ok(codes.length >= 32, codes.join());
  });

  test("the schema tells a wrong log", () => {
    const wrong = log(cases.find((text) => text.includes("[link-broken]: ")));
    wrong.runs[0].results[0].locations[0].physicalLocation.region.startLine = 0;
    delete wrong.runs[0].results[0].message;
    assert.ok(!isValid(wrong));
    assert.deepEqual(isValid.errors.map(({ keyword }) => keyword).sort(), ["minimum", "required"]);
  });
});
