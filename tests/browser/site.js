// What the tests of published pages share: this repository's site, built once, on a server of its own.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const program = process.env.ETAPE ?? join(root, "target/debug/etape");

const types = {
  html: "text/html; charset=utf-8", css: "text/css", js: "text/javascript", svg: "image/svg+xml", webp: "image/webp",
  png: "image/png", json: "application/json", webmanifest: "application/manifest+json", md: "text/markdown; charset=utf-8",
};

// `auvenir/mfa.fr.html`: a guide with everything inside.
export const isSingle = (path) => /^[^/]+\/[^/]+\.[^/]+\.html$/.test(path);

// A built site: its folder, its files, and where it is served. `base` is the address that it is built for.
export class Site {
  constructor(source, base) {
    this.folder = mkdtempSync(join(tmpdir(), "etape-site-"));
    this.dist = join(this.folder, "dist");
    const address = base ? ["--base-url", base] : [];
    execFileSync(program, [
      "build", "--root", resolve(root, source), "--output", this.dist, "--single-file", "--zip", "--quiet", ...address,
    ], { stdio: ["ignore", "ignore", "inherit"] });
    this.files = readdirSync(this.dist, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(this.dist, join(entry.parentPath, entry.name)))
      .sort();
    // pages that only lead elsewhere have nothing to read
    this.pages = this.files.filter((path) => path.endsWith(".html") && !this.text(path).includes("http-equiv=\"refresh\""));
  }

  text(path) {
    return readFileSync(join(this.dist, path), "utf8");
  }

  bytes(path) {
    return readFileSync(join(this.dist, path));
  }

  // Serves the site as a host would that reads _headers.
  async serve() {
    this.server = createServer((request, response) => {
      const path = decodeURIComponent(new URL(request.url, "http://x").pathname).slice(1);
      const found = this.files.includes(path);
      const brand = path.split("/")[0];
      const policy = this.files.includes(`${brand}/_headers`)
        ? this.text(`${brand}/_headers`).match(/Content-Security-Policy: (.*)/)[1]
        : "default-src 'none'";
      // a single file has a policy of its own, and leaves its host
      response.writeHead(found ? 200 : 404, {
        "content-type": types[path.split(".").pop()] ?? "application/octet-stream",
        ...(!isSingle(path) && { "content-security-policy": policy }),
      });
      response.end(found ? this.bytes(path) : "");
    });
    await new Promise((done) => this.server.listen(0, "127.0.0.1", done));
    this.origin = `http://127.0.0.1:${this.server.address().port}/`;
    return this;
  }

  end() {
    this.server?.close();
    rmSync(this.folder, { recursive: true });
  }
}
