// The preview in a browser: what changes comes onto the page, what is wrong lies over it, all editions move together.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Preview, browser, quietPage } from "./preview.js";

let chromium;
before(async () => { chromium = await browser(); });
after(async () => { await chromium.close(); });

// A page of a preview of its own.
async function opened(path, use, files) {
  const preview = await Preview.start(files);
  const context = await chromium.newContext({ viewport: { width: 1280, height: 700 } });
  const page = await quietPage(context);
  page.setDefaultTimeout(20_000);
  try {
    await page.goto(preview.url + path);
    await connected(page);
    await use(page, preview, context);
    assert.deepEqual(page.said, []);
  } finally {
    await context.close();
    await preview.end();
  }
}

// Until the page hears of changes.
async function connected(page) {
  await page.waitForFunction(() => window.etapeHears === true);
}

describe("the page on the screen", () => {
  test("follows the text; scroll, open parts, choices and focus stay", () =>
    opened("/one/fr/mfa/open.html", async (page, preview) => {
      await page.locator("summary").click();
      await page.getByLabel("Phone").check();
      await page.getByRole("link", { name: "help@one.example" }).focus();
      await page.evaluate(() => { scrollTo(0, 900); window.before = true; });
      await preview.edit("content/mfa/01-open.fr.md", "Paragraphe 30.", "Paragraphe trente.");
      await page.getByText("Paragraphe trente.").waitFor();
      await page.waitForFunction(() => window.before === undefined && document.readyState === "complete");
      await page.waitForFunction(() => Math.abs(scrollY - 900) < 2);
      assert.equal(await page.locator("details").evaluate((element) => element.open), true);
      assert.equal(await page.getByLabel("Phone").isChecked(), true);
      assert.equal(await page.evaluate(() => document.activeElement.textContent), "help@one.example");
      // a second time, with nothing kept from the first
      await page.evaluate(() => scrollTo(0, 300));
      await connected(page);
      await preview.edit("content/mfa/01-open.fr.md", "trente", "30");
      await page.getByText("Paragraphe 30.").waitFor();
      await page.waitForFunction(() => Math.abs(scrollY - 300) < 2);
    }));

  test("gets a new style sheet without a reload", () =>
    opened("/one/fr/mfa/open.html", async (page, preview) => {
      await page.evaluate(() => { window.before = true; });
      await preview.write("themes/one/style.css", "h1 { letter-spacing: 3px }\n");
      const spacing = () => getComputedStyle(document.querySelector("h1")).letterSpacing;
      await page.waitForFunction(() => getComputedStyle(document.querySelector("h1")).letterSpacing === "3px");
      await page.waitForFunction(() => document.querySelectorAll("link[rel=stylesheet]").length === 1);
      assert.equal(await page.evaluate(() => window.before), true);
      // again, and then the text: the page still knows what it is
      await preview.write("themes/one/style.css", "h1 { letter-spacing: 5px }\n");
      await page.waitForFunction(() => getComputedStyle(document.querySelector("h1")).letterSpacing === "5px");
      assert.equal(await page.evaluate(() => window.before), true);
      await preview.edit("content/mfa/01-open.fr.md", "Premier.", "Le premier.");
      await page.getByText("Le premier.").waitFor();
      assert.equal(await page.evaluate(spacing), "5px");
    }));

  test("stays as it is when another page changes", () =>
    opened("/one/fr/mfa/open.html", async (page, preview) => {
      await page.evaluate(() => { window.before = true; });
      await preview.edit("content/mfa/02-code.fr.md", "Voir", "Revoir");
      await preview.edit("content/mfa/index.en.md", "Welcome.", "Hello.");
      await page.waitForTimeout(700);
      assert.equal(await page.evaluate(() => window.before), true);
    }));

  test("is current again when the preview comes back", () =>
    opened("/one/fr/mfa/open.html", async (page, preview) => {
      const port = preview.port;
      await preview.stop();
      await preview.edit("content/mfa/01-open.fr.md", "Premier.", "Pendant la pause.");
      await page.getByText("The preview has stopped").waitFor();
      await preview.run(port);
      await page.getByText("Pendant la pause.").waitFor();
      page.said = page.said.filter((text) => !text.includes("net::ERR_"));
    }));

  test("follows the writer when asked to", () =>
    opened("/one/fr/mfa/index.html?follow", async (page, preview) => {
      await preview.edit("content/mfa/02-code.fr.md", "Voir", "Revoir");
      await page.waitForURL("**/one/fr/mfa/code.html");
      await connected(page);
      await preview.edit("content/mfa/01-open.fr.md", "Premier.", "Le premier.");
      await page.waitForURL("**/one/fr/mfa/open.html");
      await connected(page);
      await preview.edit("content/mfa/01-open.en.md", "First.", "The first.");
      await page.waitForURL("**/one/en/mfa/open.html");
    }));

  test("that isn't there comes when it is written", () =>
    opened("/one/fr/mfa/later.html", async (page, preview) => {
      await preview.write("content/mfa/03-later.fr.md", "---\ntitle: Plus tard\n---\nEnfin.\n");
      await page.getByText("Enfin.").waitFor();
      page.said = page.said.filter((text) => !text.includes("404"));
    }));
});

describe("what is wrong", () => {
  test("lies over the page until it is mended", () =>
    opened("/one/fr/mfa/code.html", async (page, preview) => {
      await preview.edit("content/mfa/02-code.fr.md", "01-open.md", "01-opne.md");
      await preview.edit("content/mfa/index.fr.md", "Bienvenue.", "![](nothing.png)");
      const dialog = page.getByRole("dialog", { name: "errors" });
      await dialog.waitFor();
      assert.match(await dialog.innerText(), /link-broken\] content\/mfa\/02-code\.fr\.md:4:14/);
      assert.match(await dialog.innerText(), /4 \| Voir \[avant\]\(01-opne\.md\)\.\n.*\^{10} did you mean "01-open\.md"\?/);
      assert.match(await dialog.innerText(), /content\/mfa\/index\.fr\.md:4/);
      // the page behind is the last good one
      assert.equal(await page.locator("main a[href='open.html']").count() > 0, true);
      // everything by the keyboard
      const inside = () => page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.className);
      assert.equal(await inside(), "close");
      await page.keyboard.press("Tab");
      assert.equal(await inside(), "list");
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "hidden" });
      const badge = page.getByRole("button", { name: "errors" });
      await badge.focus();
      await page.keyboard.press("Enter");
      await dialog.waitFor();
      await page.keyboard.press("Escape");
      // the same mistakes don't come back by themselves, a new one does
      await preview.edit("content/mfa/01-open.en.md", "First.", "First, once more.");
      await page.waitForTimeout(500);
      assert.equal(await dialog.isVisible(), false);
      await preview.edit("content/mfa/01-open.en.md", "First,", "{{ brand.nme }},");
      await dialog.waitFor();
      await preview.edit("content/mfa/01-open.en.md", "{{ brand.nme }},", "{{ brand.name }},");
      await preview.edit("content/mfa/02-code.fr.md", "01-opne.md", "01-open.md");
      await preview.edit("content/mfa/index.fr.md", "![](nothing.png)", "Bienvenue encore.");
      await dialog.waitFor({ state: "hidden" });
      await badge.waitFor({ state: "hidden" });
    }));

  test("is there for who comes later", () =>
    opened("/one/fr/mfa/code.html", async (page) => {
      await page.getByRole("dialog", { name: "1 error" }).waitFor();
    }, { "content/mfa/index.fr.md": "---\ntitle: Le guide\n---\n[x](nothing.md)\n" }));

  test("can't do anything to the page", () =>
    opened("/one/fr/mfa/code.html", async (page, preview) => {
      await preview.edit("content/mfa/02-code.fr.md", "Voir", "[x](<img src=x onerror=alert(1)>.md)");
      const dialog = page.getByRole("dialog");
      await dialog.waitFor();
      assert.match(await dialog.innerText(), /<img src=x onerror=alert\(1\)>/);
      assert.equal(await dialog.locator("img").count(), 0);
    }));
});

describe("all editions", () => {
  const frame = (page, brand, locale) => page.frames().find((own) => own.url().includes(`/${brand}/${locale}/`));
  const all = [["one", "fr"], ["one", "en"], ["two", "fr"], ["two", "en"]];
  const at = (page, name) => page.waitForFunction(
    ([name, count]) => {
      const paths = Array.from(document.querySelectorAll("iframe"), (own) => own.contentWindow.location.pathname);
      return paths.filter((path) => path.endsWith(name)).length === count;
    }, [name, all.length]);

  test("stand side by side and move together", () =>
    opened("/", async (page) => {
      await at(page, "/mfa/index.html");
      for (const [brand, locale] of all) assert.ok(frame(page, brand, locale), `${brand} ${locale}`);
      await page.getByRole("button", { name: "Next" }).click();
      await at(page, "/mfa/open.html");
      // a reader's click in one of them
      await frame(page, "two", "en").getByRole("link", { name: "Two’s code" }).first().click();
      await at(page, "/mfa/code.html");
      assert.equal(await page.getByLabel("Page").inputValue(), "mfa/02-code");
      // a change of language in one of them leaves each where it belongs
      await frame(page, "one", "fr").getByRole("link", { name: "English" }).click();
      await page.waitForFunction(() => document.querySelector("iframe").contentWindow.location.pathname === "/one/fr/mfa/code.html");
      await page.locator("h1").click();
      await page.keyboard.press("ArrowLeft");
      await at(page, "/mfa/open.html");
      await page.getByLabel("Page").selectOption("mfa/index");
      await at(page, "/mfa/index.html");
      await page.goBack();
      await at(page, "/mfa/open.html");
      await page.reload();
      await at(page, "/mfa/open.html");
    }));

  test("show in which width and colours they are wanted", () =>
    opened("/", async (page) => {
      await at(page, "/mfa/index.html");
      const widths = [];
      for (const name of ["Phone", "Tablet", "Desktop"]) {
        await page.getByLabel(name).check();
        widths.push(await frame(page, "two", "fr").evaluate(() => innerWidth));
      }
      assert.deepEqual(widths, [390, 820, 1280]);
      const ground = () => frame(page, "two", "fr").evaluate(() => getComputedStyle(document.body).backgroundColor);
      await page.getByLabel("Dark").check();
      await page.waitForTimeout(200);
      assert.equal(await ground(), "rgb(16, 16, 16)");
      // also on the next page, and after a change
      await page.getByRole("button", { name: "Next" }).click();
      await at(page, "/mfa/open.html");
      await page.waitForTimeout(300);
      assert.equal(await ground(), "rgb(16, 16, 16)");
      await page.getByLabel("Light").check();
      await page.waitForTimeout(200);
      assert.equal(await ground(), "rgb(253, 253, 253)");
    }));

  test("tell where a translation is missing or outdated", () =>
    opened("/", async (page, preview) => {
      await at(page, "/mfa/index.html");
      const marks = () => page.locator(".mark:visible").allInnerTexts();
      assert.deepEqual(await marks(), []);
      await page.getByLabel("Page").selectOption("mfa/02-code");
      assert.deepEqual(await marks(), ["not translated"]);
      await preview.write("content/mfa/02-code.en.md", "---\ntitle: The code\ntranslates: 000000000000\n---\nSee [before](01-open.md).\n");
      await page.waitForFunction(() => document.querySelector(".mark.outdated") !== null);
      assert.deepEqual(await marks(), ["translation outdated"]);
      await page.getByLabel("Only missing or outdated").check();
      assert.equal(await page.locator("iframe:visible").count(), 1);
    }));

  test("follow what is written, and say once what is wrong", () =>
    opened("/", async (page, preview) => {
      await at(page, "/mfa/index.html");
      await preview.edit("content/mfa/index.fr.md", "Bienvenue.", "Bienvenue encore.");
      await frame(page, "one", "fr").getByText("Bienvenue encore.").waitFor();
      await frame(page, "two", "fr").getByText("Bienvenue encore.").waitFor();
      await preview.edit("content/mfa/02-code.fr.md", "01-open.md", "01-opne.md");
      await page.getByRole("dialog", { name: "1 error" }).waitFor();
      for (const own of page.frames().slice(1)) assert.equal(await own.getByRole("dialog").count(), 0);
      await preview.edit("content/mfa/02-code.fr.md", "01-opne.md", "01-open.md");
      await page.getByRole("dialog").waitFor({ state: "hidden" });
      await page.getByLabel("Follow the writer").check();
      await preview.edit("content/mfa/01-open.en.md", "First.", "The first.");
      await at(page, "/mfa/open.html");
      await preview.write("content/mfa/03-later.fr.md", "---\ntitle: Plus tard\n---\nEnfin.\n");
      await page.waitForFunction(() => document.querySelector("#page option[value='mfa/03-later']") !== null);
    }));
});
