// What the tests share: a site of their own, the program at work on it, and Debian's Chromium.
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const program = process.env.ETAPE ?? join(dirname(fileURLToPath(import.meta.url)), "../../target/debug/etape");

const long = Array.from({ length: 60 }, (_, number) => `Paragraphe ${number}.`).join("\n\n");

const site = {
  "site.toml": 'locales = ["fr", "en"]\n[brands.one]\n[brands.two]\n',
  "themes/one/theme.toml": 'name = "One"\n[support]\nemail = "help@one.example"\n',
  "themes/one/style.css": "h1 { letter-spacing: 1px }\n",
  // a choice that the page itself doesn't keep
  "themes/one/step.html":
    '{% extends "base/step.html" %}{% block heading %}{{ super() }}' +
    '<p class="ways"><label><input type="radio" name="way" value="app" checked> App</label>' +
    '<label><input type="radio" name="way" value="phone"> Phone</label></p>{% endblock heading %}',
  "themes/two/theme.toml": 'name = "Two"\n[colors]\nbackground = "#fdfdfd"\n[colors.dark]\nbackground = "#101010"\n',
  "content/mfa/index.fr.md": "---\ntitle: Le guide\n---\nBienvenue.\n",
  "content/mfa/index.en.md": "---\ntitle: The guide\n---\nWelcome.\n",
  "content/mfa/01-open.fr.md": `---\ntitle: Ouvrez\n---\nPremier.\n\n<details><summary>Pourquoi</summary>Parce que.</details>\n\n${long}\n`,
  "content/mfa/01-open.en.md": "---\ntitle: Open\n---\nFirst.\n",
  "content/mfa/02-code.fr.md": "---\ntitle: Le code\n---\nVoir [avant](01-open.md).\n",
  "content/mfa/02-code@two.en.md": "---\ntitle: Two's code\n---\nHere.\n",
};

export class Preview {
  static async start(files = {}, port = 0) {
    const preview = new Preview();
    preview.root = await mkdtemp(join(tmpdir(), "etape-browser-"));
    for (const [path, text] of Object.entries({ ...site, ...files })) await preview.write(path, text);
    await preview.run(port);
    return preview;
  }

  async run(port) {
    this.child = spawn(program, ["serve", "--root", this.root, "--port", String(port)], { stdio: ["ignore", "ignore", "pipe"] });
    const lines = createInterface({ input: this.child.stderr });
    this.url = await new Promise((resolve, reject) => {
      const said = [];
      lines.on("line", (line) => {
        said.push(line);
        const found = line.match(/^(http:\/\/\S+)\/ /);
        if (found) resolve(found[1]);
      });
      this.child.on("exit", () => reject(new Error(`the preview has ended: ${said.join("\n")}`)));
      this.child.on("error", reject);
    });
  }

  get port() {
    return Number(new URL(this.url).port);
  }

  async write(path, text) {
    const file = join(this.root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  async edit(path, from, to) {
    const text = await readFile(join(this.root, path), "utf8");
    if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
    await this.write(path, text.replace(from, to));
  }

  async stop() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.removeAllListeners("exit");
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGINT");
    await ended;
  }

  async end() {
    await this.stop();
    await rm(this.root, { recursive: true });
  }
}

export function browser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
}

// A page that must say nothing on its console: no error, no breach of its policy.
export async function quietPage(context) {
  const page = await context.newPage();
  page.said = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) page.said.push(message.text());
  });
  page.on("pageerror", (error) => page.said.push(String(error)));
  return page;
}
