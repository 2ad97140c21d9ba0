// The published pages in a browser, as their readers meet them: every page of the four editions, and of another site.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { browser } from "./preview.js";
import { Site, isSingle } from "./site.js";

const require = createRequire(import.meta.url);
// what is evaluated from outside isn't the page's own, so its policy doesn't matter
const { source } = require("axe-core");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const phone = { width: 320, height: 640 };
const desk = { width: 1280, height: 800 };
const guides = [["auvenir", "fr"], ["auvenir", "en"], ["streamworks", "fr"], ["streamworks", "en"]];

let chromium, site, other;
before(async () => {
  chromium = await browser();
  site = await new Site(".", "https://guides.example/").serve();
  other = await new Site("tests/golden/right-to-left/site").serve();
});
after(async () => {
  await chromium.close();
  site.end();
  other.end();
});

// A page that must say nothing on its console, and ask nobody else for anything.
async function opened(context, address, use) {
  const page = await context.newPage();
  const wrong = [];
  page.requests = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && wrong.push(message.text()));
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("request", (request) => {
    page.requests.push(request.url());
    if (!/^(data:|file:|http:\/\/127\.0\.0\.1)/.test(request.url())) wrong.push(`asks ${request.url()}`);
  });
  page.setDefaultTimeout(20_000);
  await page.goto(address);
  try {
    const result = await use(page);
    assert.deepEqual(wrong, [], address);
    return result;
  } finally {
    await page.close();
  }
}

async function inContext(options, use) {
  const context = await chromium.newContext({ viewport: desk, reducedMotion: "reduce", ...options });
  try {
    return await use(context);
  } finally {
    await context.close();
  }
}

// Does something with each item, two at a time.
async function each(items, work) {
  const queue = [...items];
  const worker = async () => { for (let item; (item = queue.shift()) !== undefined;) await work(item); };
  await Promise.all([worker(), worker()]);
}

const shown = (locator) => locator.evaluate((element) => element.checkVisibility({ visibilityProperty: true }));

// The steps of a guide in order, by following the links to the next page; the first option where there is a choice.
async function follow(page, go) {
  const seen = [];
  for (let count = 0; count < 30; count++) {
    seen.push(await page.evaluate(() => document.body.dataset.at ?? "start"));
    const next = page.locator("a[rel=next]");
    if ((await next.count()) === 0) return seen;
    const before = page.url();
    await go(next);
    await page.waitForURL((url) => url.href !== before);
  }
  assert.fail("the guide has no end");
}

describe("every page", () => {
  test("breaks no rule of axe, in light and dark, on a phone and on a desk, and fits on it", () =>
    // in a language that no page has, the front page stays
    inContext({ viewport: phone, locale: "de" }, async (context) => {
      const found = [];
      const run = (page, rules) =>
        page.evaluate(async ([tags, rules]) => {
          const only = rules ? { type: "rule", values: rules } : { type: "tag", values: tags };
          const { violations } = await axe.run(document, { runOnly: only, resultTypes: ["violations"] });
          return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(" ")}`);
        }, [tags, rules]);
      // a single file has the same elements as all.html
      const pages = (own) => own.pages.filter((path) => !isSingle(path));
      const all = [site, other].flatMap((own) => pages(own).map((path) => [own, path]));
      await each(all, ([own, path]) =>
        opened(context, own.origin + path, async (page) => {
          const url = page.url();
          await page.evaluate(source);
          const say = (mode, what) => found.push(...what.map((line) => `${url} ${mode}: ${line}`));
          const width = await page.evaluate(() => document.documentElement.scrollWidth);
          if (width > phone.width) say("phone", [`is ${width} pixels wide`]);
          say("phone, light", await run(page));
          await page.emulateMedia({ colorScheme: "dark" });
          say("phone, dark", await run(page, ["color-contrast"]));
          await page.setViewportSize(desk);
          say("desk, dark", await run(page));
          await page.emulateMedia({ colorScheme: "light" });
          say("desk, light", await run(page, ["color-contrast", "target-size"]));
        }));
      assert.deepEqual(found, []);
    }));

  test("is HTML without errors", () => {
    const files = [site, other].flatMap((own) => own.files.filter((path) => path.endsWith(".html")).map((path) => join(own.dist, path)));
    execFileSync("java", ["-Xss4m", "-jar", require("vnu-jar"), "--errors-only", ...files], { stdio: ["ignore", "inherit", "inherit"] });
  });

  test("is small: one round trip, few requests", () => {
    for (const path of site.pages.filter((path) => path.split("/").length === 4 && !path.endsWith("/all.html"))) {
      const html = site.text(path);
      const folder = path.slice(0, path.lastIndexOf("/"));
      const needed = [...html.matchAll(/(?:rel="stylesheet" href|script src)="([^"]+)"/g)].map((match) => join(folder, match[1]));
      assert.equal(needed.length, 2, path);
      const sizes = [Buffer.from(html), ...needed.map((file) => site.bytes(file))].map((bytes) => gzipSync(bytes, { level: 9 }).length);
      assert.ok(sizes.reduce((a, b) => a + b) <= 14 * 1024, `${path}: ${sizes}`);
      assert.ok(sizes[2] <= 3 * 1024, `the script: ${sizes[2]}`);
    }
  });

  test("has its screens for a phone in 60 KB", () =>
    inContext({ viewport: { width: 360, height: 740 } }, async (context) => {
      const steps = site.pages.filter((path) => site.text(path).includes(" data-at=\""));
      await each(steps, (path) =>
        opened(context, site.origin + path, async (page) => {
          // the page, its style, its script, the logo
          const others = page.requests.filter((url) => !url.endsWith(".webp"));
          assert.ok(others.length <= 4, `${path}: ${others}`);
          await page.evaluate(() => document.querySelectorAll("img").forEach((image) => { image.loading = "eager"; }));
          await page.evaluate(() => Promise.all([...document.images].map((image) => image.decode())));
          const names = new Set(page.requests.map((url) => url.slice(site.origin.length)));
          const screens = [...names].filter((name) => name.endsWith(".webp"));
          const bytes = screens.reduce((sum, name) => sum + site.bytes(name).length, 0);
          assert.ok(bytes <= 60 * 1024, `${path}: ${bytes}`);
        }));
    }));

  test("says the same in the other language at the same step", () => {
    for (const path of site.pages.filter((path) => site.text(path).includes(" data-at=\""))) {
      const html = site.text(path);
      const to = html.match(/<nav class="languages".*?<a href="([^"]+)"/s)[1];
      const at = (text) => text.match(/ data-at="([^"]+)"/)[1];
      assert.equal(at(site.text(join(path, "..", to))), at(html), path);
    }
  });
});

describe("the whole guide", () => {
  test("can be followed without a script", () =>
    inContext({ javaScriptEnabled: false }, async (context) => {
      for (const [brand, locale] of guides) {
        await opened(context, `${site.origin}${brand}/index.html`, async (page) => {
          await page.locator(`a[hreflang=${locale}]`).first().click();
          const seen = await follow(page, (next) => next.click());
          assert.deepEqual(seen, ["start", "1", "2", "3", "4", "5", "6", "6.1"]);
          for (const part of ["#page-support", ".steps", "main .text"]) assert.ok(await shown(page.locator(part)), part);
        });
      }
    }));

  test("can be followed from a folder on the disk", () =>
    inContext({ locale: "fr-CA" }, async (context) => {
      for (const [brand, locale] of guides) {
        const start = pathToFileURL(join(site.dist, brand, locale, "mfa/index.html")).href;
        await opened(context, start, async (page) => {
          const seen = await follow(page, (next) => next.click());
          assert.deepEqual(seen, ["start", "1", "2", "3", "4", "5", "6", "6.1"]);
        });
      }
      // the front page of a brand leads to the reader's language
      await opened(context, pathToFileURL(join(site.dist, "auvenir/index.html")).href, async (page) => {
        await page.waitForURL(/\/fr\/mfa\/index\.html$/);
      });
    }));

  test("can be followed with the keyboard alone, and the focus is always seen", () =>
    inContext({}, async (context) => {
      await opened(context, `${site.origin}auvenir/en/mfa/index.html`, async (page) => {
        const seen = await follow(page, async (next) => {
          await page.keyboard.press("Tab");
          assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
          assert.ok(await page.evaluate(() => document.activeElement.getBoundingClientRect().top >= 0), "the skip link is seen");
          for (let count = 0; count < 40; count++) {
            await page.keyboard.press("Tab");
            const focus = await page.evaluate(() => {
              const element = document.activeElement;
              return { next: element.rel === "next", outline: getComputedStyle(element).outlineStyle };
            });
            assert.notEqual(focus.outline, "none");
            if (focus.next) return page.keyboard.press("Enter");
          }
          assert.fail(`no way to ${await next.getAttribute("href")}`);
        });
        assert.equal(seen.at(-1), "6.1");
        await page.keyboard.press("ArrowLeft");
        await page.waitForURL(/method\.html$/);
        await page.keyboard.press("ArrowRight");
        await page.waitForURL(/authenticator\.html$/);
      });
      // in a language that runs the other way, so do the arrows
      const first = other.pages.find((path) => /\/ar\/.*index\.html$/.test(path));
      await opened(context, other.origin + first, async (page) => {
        const next = await page.locator("a[rel=next]").evaluate((link) => link.href);
        await page.keyboard.press("ArrowLeft");
        await page.waitForURL(next);
      });
    }));

  test("is taken up where it was left, and forgotten when asked", () =>
    inContext({}, async (context) => {
      const at = (name) => `${site.origin}auvenir/en/mfa/${name}.html`;
      await opened(context, at("phone"), async (page) => {
        await page.goto(at("method"));
        assert.ok(await shown(page.locator("[data-option='6.2'] .chosen")));
        assert.ok(!(await shown(page.locator("[data-option='6.1'] .chosen"))));
        await page.goto(at("accept"));
        await page.goto(at("index"));
        assert.equal(await page.locator(".resume h2").innerText(), "You were at step 4");
        assert.equal(await page.locator(".steps .done").count(), 5);
        // the other brand's guide knows nothing of it, the other language does
        await page.goto(`${site.origin}streamworks/en/mfa/index.html`);
        assert.ok(!(await shown(page.locator(".resume"))));
        await page.goto(`${site.origin}auvenir/fr/mfa/index.html`);
        await page.locator(".resume a").click();
        await page.waitForURL(/\/fr\/mfa\/accept\.html$/);
        await page.goto(at("index"));
        await page.locator(".resume button").click();
        assert.ok(!(await shown(page.locator(".resume"))));
        assert.equal(await page.locator(".steps .done").count(), 0);
        await page.reload();
        assert.ok(!(await shown(page.locator(".resume"))));
        assert.equal(await page.evaluate(() => localStorage.length), 0);
      });
    }));

  test("goes on on a phone by a code, and from a phone by a link", () =>
    inContext({ permissions: ["clipboard-read", "clipboard-write"] }, async (context) => {
      await opened(context, `${site.origin}auvenir/en/mfa/authenticator.html`, async (page) => {
        const [code, link] = [page.locator(".handoff .code"), page.locator(".handoff .by-link")];
        assert.deepEqual([await shown(code), await shown(link)], [true, false]);
        await page.setViewportSize({ width: 360, height: 740 });
        assert.deepEqual([await shown(code), await shown(link)], [false, true]);
        await link.locator("button").click();
        await page.getByText("Link copied").waitFor();
        const copied = await page.evaluate(() => navigator.clipboard.readText());
        assert.equal(copied, "https://guides.example/auvenir/en/mfa/authenticator.html");
      });
    }));
});

describe("on paper", () => {
  for (const [format, language] of [["A4", "fr"], ["Letter", "en"]]) {
    test(`the guide prints on ${format}`, () =>
      inContext({}, async (context) => {
        for (const [brand, locale] of guides.filter(([, locale]) => locale === language)) {
          await opened(context, `${site.origin}${brand}/${locale}/mfa/all.html`, async (page) => {
            await page.emulateMedia({ media: "print" });
            for (const gone of [".steps", ".languages", ".bar"]) assert.ok(!(await shown(page.locator(gone))), gone);
            const link = page.locator(".text a[href^='https://play.google']").first();
            const after = await link.evaluate((element) => getComputedStyle(element, "::after").content);
            assert.match(after, /play\.google\.com/);
            await page.evaluate(() => document.querySelectorAll("img").forEach((image) => { image.loading = "eager"; }));
            await page.evaluate(() => Promise.all([...document.images].map((image) => image.decode())));
            const pdf = (await page.pdf({ format, preferCSSPageSize: true })).toString("latin1");
            const sheets = pdf.match(/\/Type \/Page\b/g).length;
            assert.ok(sheets >= 6 && sheets <= 24, `${sheets} sheets`);
          });
        }
      }));
  }
});

describe("a single file", () => {
  test("holds everything, breaks no policy and leads through the guide", () =>
    inContext({}, async (context) => {
      for (const [brand, locale] of guides) {
        await opened(context, pathToFileURL(join(site.dist, brand, `mfa.${locale}.html`)).href, async (page) => {
          await page.evaluate(() => document.querySelectorAll("img").forEach((image) => { image.loading = "eager"; }));
          await page.evaluate(() => Promise.all([...document.images].map((image) => image.decode())));
          assert.deepEqual(page.requests.filter((url) => !url.startsWith("data:")), [page.url()]);
          assert.notEqual(await page.evaluate(() => getComputedStyle(document.querySelector(".brand")).display), "inline");
          const relative = await page.locator("a").evaluateAll((links) =>
            links.map((link) => link.getAttribute("href")).filter((href) => !/^(#|mailto:|tel:|https:\/\/)/.test(href)));
          assert.deepEqual(relative, []);
          const broken = await page.locator("a[href^='#']").evaluateAll((links) =>
            links.map((link) => link.hash.slice(1)).filter((id) => !document.getElementById(decodeURIComponent(id))));
          assert.deepEqual(broken, []);
        });
      }
    }));
});
