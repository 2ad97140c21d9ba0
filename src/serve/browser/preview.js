// The preview's part of a page: it follows what the writer saves, and shows what is wrong. It is served by
// `etape serve` alone and stands in no published page.
(() => {
  "use strict";

  const own = document.currentScript.dataset;
  const here = location.pathname;

  // ---- Kept over a reload: where the reader is, what is open, what is chosen, what has the focus.

  const store = {
    get(key) {
      try { return JSON.parse(sessionStorage.getItem(`etape:${key}`)); } catch { return null; }
    },
    set(key, value) {
      try { sessionStorage.setItem(`etape:${key}`, JSON.stringify(value)); } catch { /* full or forbidden */ }
    },
    take(key) {
      const value = store.get(key);
      try { sessionStorage.removeItem(`etape:${key}`); } catch { /* forbidden */ }
      return value;
    },
  };
  const place = `place:${here}${location.search}`;

  // Elements of a kind with a name each that outlives a small change of the page.
  function named(selector, name) {
    const seen = new Map();
    return Array.from(document.querySelectorAll(selector), (element) => {
      const base = element.id ? `#${element.id}` : `${element.localName} ${name(element)}`;
      const nth = seen.get(base) || 0;
      seen.set(base, nth + 1);
      return [`${base} ${nth}`, element];
    });
  }
  const folds = () => named("details", (element) => element.querySelector("summary")?.textContent.trim() ?? "");
  const fields = () => named("input, select, textarea", (element) =>
    `${element.type} ${element.name} ${/^(radio|checkbox)$/.test(element.type) ? element.value : ""}`);
  const targets = () => named("a[href], button, input, select, textarea, summary, [tabindex]", (element) =>
    `${element.getAttribute("href") ?? ""} ${element.textContent.trim().slice(0, 60)}`);
  const boxes = () => named("body *", () => "").filter(([, element]) => element.scrollTop || element.scrollLeft);

  function save() {
    const focus = document.activeElement === document.body ? null : document.activeElement;
    store.set(place, {
      scroll: [scrollX, scrollY],
      folds: folds().map(([name, element]) => [name, element.open]),
      fields: fields()
        .filter(([, element]) => !/^(password|file|hidden)$/.test(element.type))
        .map(([name, element]) => [name, element.checked ?? null, element.value]),
      boxes: boxes().map(([name, element]) => [name, element.scrollLeft, element.scrollTop]),
      focus: focus && targets().find(([, element]) => element === focus)?.[0],
    });
  }

  function restore(kept) {
    const find = (list) => new Map(list);
    const fold = find(folds());
    for (const [name, open] of kept.folds) {
      const element = fold.get(name);
      if (element) element.open = open;
    }
    const field = find(fields());
    for (const [name, checked, value] of kept.fields) {
      const element = field.get(name);
      if (!element) continue;
      const isChoice = /^(radio|checkbox)$/.test(element.type);
      if (isChoice ? element.checked === checked : element.value === value) continue;
      if (isChoice) element.checked = checked;
      else element.value = value;
      // The page's own script hears of it as if the reader had done it.
      if (!isChoice || checked) for (const kind of ["input", "change"]) element.dispatchEvent(new Event(kind, { bubbles: true }));
    }
    if (kept.focus) find(targets()).get(kept.focus)?.focus({ preventScroll: true });
    const every = find(named("body *", () => ""));
    for (const [name, left, top] of kept.boxes) every.get(name)?.scrollTo({ left, top, behavior: "instant" });
    // Pictures that come later move the text; the reader moves it too, and then has the last word.
    let isFree = true;
    const leave = () => { isFree = false; };
    for (const kind of ["wheel", "touchstart", "keydown", "pointerdown"]) {
      addEventListener(kind, leave, { once: true, passive: true });
    }
    const back = () => {
      if (isFree) scrollTo({ left: kept.scroll[0], top: kept.scroll[1], behavior: "instant" });
    };
    back();
    if (document.readyState !== "complete") addEventListener("load", () => { back(); requestAnimationFrame(back); }, { once: true });
    else requestAnimationFrame(back);
  }

  // When the page last moved: one that is on its way somewhere may arrive.
  let scrolled = -1000;
  addEventListener("scroll", () => { scrolled = performance.now(); }, { capture: true, passive: true });

  async function reload() {
    for (let times = 0; times < 20 && performance.now() - scrolled < 100; times++) {
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
    // A page that comes back the same each time must not be asked for endlessly.
    const times = (store.get(`times:${here}`) || []).filter((time) => Date.now() - time < 5000);
    if (times.length >= 30) return;
    store.set(`times:${here}`, [...times, Date.now()]);
    save();
    location.reload();
  }

  const kept = store.take(place);
  if (kept) restore(kept);

  // ---- The connection, which all pages of a browser share.

  const frame = (() => {
    try { return window.parent !== window ? window.parent.etapeSides || null : null; } catch { return null; }
  })();
  const waiting = new Map();
  let asked = 0;
  let send = () => {};

  function load(path) {
    return new Promise((resolve) => {
      const id = ++asked;
      waiting.set(id, resolve);
      send({ kind: "load", id, path });
    });
  }

  function hear(message) {
    switch (message.kind) {
      case "hello":
        lost(false);
        // Tests wait for it.
        window.etapeHears = true;
        show(message.problems);
        // It may have changed since it was sent.
        update();
        break;
      case "reload":
        show([]);
        follow(message.changed);
        break;
      case "problems":
        show(message.problems);
        break;
      case "loaded":
        waiting.get(message.id)?.(message.html);
        waiting.delete(message.id);
        break;
      case "lost":
        lost(true);
        break;
    }
  }

  function connect() {
    let port;
    const listen = (event) => {
      hear(event.data);
      // The page with all editions takes part by this.
      dispatchEvent(new CustomEvent("etape", { detail: event.data }));
    };
    if (window.SharedWorker) {
      const worker = new SharedWorker("/_etape/worker.js", { name: "etape" });
      port = worker.port;
      port.addEventListener("message", listen);
      port.start();
    } else {
      port = new Worker("/_etape/worker.js");
      port.addEventListener("message", listen);
    }
    send = (message) => port.postMessage(message);
    addEventListener("pagehide", () => send({ kind: "bye" }));
    // Brought back by « back » as it was left.
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  }

  // ---- What has changed comes onto the page.

  const sheets = (root) => Array.from(root.querySelectorAll("link[rel~='stylesheet']"));

  // Compares the page with what it is now; changes the style sheets alone where that is enough.
  async function update() {
    const html = await load(here);
    if (html === null) return;
    const next = new DOMParser().parseFromString(html, "text/html");
    const now = next.querySelector("script[src='/_etape/preview.js']")?.dataset;
    if (!now) return reload();
    if (now.version === own.version && now.page === own.page) return;
    const [old, fresh] = [sheets(document), sheets(next)];
    if (now.frame !== own.frame || now.page !== own.page || old.length !== fresh.length) return reload();
    own.version = now.version;
    old.forEach((link, index) => {
      if (link.getAttribute("href") === fresh[index].getAttribute("href")) return;
      const sheet = document.importNode(fresh[index]);
      // The old one goes when the new one is there, so that the page is never bare.
      sheet.addEventListener("load", () => {
        link.remove();
        if (frame) paint();
      });
      sheet.addEventListener("error", reload);
      link.after(sheet);
    });
  }

  function follow(changed) {
    // A page that answers another address changes when something is written there.
    const concerns = own.page ? changed.includes(own.page) : changed.length > 0;
    if (!frame && follows()) {
      const target = best(changed);
      if (target && target !== own.page) {
        location.assign(target);
        return;
      }
    }
    if (concerns) update();
  }

  // Links don't carry `?follow` along, so it is remembered until `?follow=no`.
  function follows() {
    const wish = new URLSearchParams(location.search).get("follow");
    if (wish !== null) store.set("follow", wish !== "no");
    return store.get("follow") === true;
  }
  if (!frame) follows();

  // The page that the writer works on: of those whose own text has changed, which their Markdown shows, the one
  // nearest to the page on the screen.
  function best(changed) {
    const all = new Set(changed);
    if (all.has(own.page) && all.has(own.page.replace(/\.html$/, ".md"))) return own.page;
    const near = own.page.split("/");
    const nearness = (path) => {
      const parts = path.split("/");
      let same = 0;
      while (same < near.length && parts[same] === near[same]) same++;
      return same;
    };
    return changed
      .filter((path) => path.endsWith(".html") && all.has(path.replace(/\.html$/, ".md")))
      .sort((a, b) => nearness(b) - nearness(a) || (a < b ? -1 : 1))[0];
  }

  // ---- What is wrong: over the page, and in a corner when the reader has put it away.

  let box = null;
  let problems = [];
  let dismissed = new Set();
  let isLost = false;
  let timer = 0;

  const name = (problem) => [problem.code, problem.file, problem.line, problem.message].join("\n");
  const counted = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;

  function element(kind, className, text) {
    const made = document.createElement(kind);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function open() {
    const host = element("div");
    host.id = "etape-preview";
    // The page's own rules must not reach it, and it takes no room in the page.
    host.style.setProperty("all", "initial");
    host.style.setProperty("position", "fixed");
    host.style.setProperty("z-index", "2147483647");
    const root = host.attachShadow({ mode: "open" });
    const sheet = element("link");
    sheet.rel = "stylesheet";
    sheet.href = "/_etape/preview.css";
    const dialog = element("dialog");
    dialog.setAttribute("aria-labelledby", "title");
    const badge = element("button", "badge");
    badge.type = "button";
    badge.hidden = true;
    badge.addEventListener("click", () => { fill(); if (!dialog.open) dialog.showModal(); });
    dialog.addEventListener("close", () => {
      dismissed = new Set(problems.map(name));
      corner();
    });
    const status = element("p", "status");
    status.setAttribute("role", "status");
    root.append(sheet, dialog, badge, status);
    document.documentElement.append(host);
    box = { host, dialog, badge, status };
  }

  function fill() {
    const { dialog } = box;
    const at = dialog.querySelector(".list")?.scrollTop ?? 0;
    const head = element("header");
    const title = element("h2", "", summary());
    title.id = "title";
    const close = element("button", "close", "Close");
    close.type = "button";
    close.title = "Escape";
    close.addEventListener("click", () => dialog.close());
    head.append(title, close);
    const list = element("ol", "list");
    list.tabIndex = 0;
    // The errors first: they are what keeps the page from being current.
    const isError = (problem) => problem.severity === "error";
    for (const problem of [...problems.filter(isError), ...problems.filter((problem) => !isError(problem))]) {
      const item = element("li", problem.severity);
      // Header and place are said already; the text and the help aren't.
      const rest = (problem.text || "").trimEnd().split("\n").slice(2);
      item.append(element("h3", "", problem.message));
      item.append(element("p", "place", `${problem.severity}[${problem.code}] ${problem.file}:${problem.line}:${problem.column}`));
      if (rest.length) item.append(element("pre", "", rest.join("\n")));
      list.append(item);
    }
    const foot = element("p", "foot", problems.some(isError)
      ? "The page behind is the last good one. This goes away when the errors are mended."
      : "Warnings keep nothing from being published.");
    dialog.replaceChildren(head, list, foot);
    list.scrollTop = at;
  }

  function summary() {
    const errors = problems.filter((problem) => problem.severity === "error").length;
    const warnings = problems.length - errors;
    return [errors && counted(errors, "error"), warnings && counted(warnings, "warning")].filter(Boolean).join(", ");
  }

  function corner() {
    const { badge, dialog } = box;
    badge.hidden = problems.length === 0 || dialog.open;
    badge.textContent = summary();
    badge.classList.toggle("has-errors", problems.some((problem) => problem.severity === "error"));
  }

  function show(next) {
    problems = next;
    // The page that shows all editions says it once for all of them.
    if (frame) return;
    if (!box && problems.length === 0) return;
    if (!box) open();
    const { dialog } = box;
    const errors = problems.filter((problem) => problem.severity === "error");
    if (errors.length === 0 && dialog.open) {
      dialog.close();
      dismissed = new Set();
    }
    if (errors.length === 0) dismissed = new Set();
    if (dialog.open || errors.some((problem) => !dismissed.has(name(problem)))) {
      const focus = dialog.open && box.host.shadowRoot.activeElement?.className;
      fill();
      if (!dialog.open) dialog.showModal();
      dialog.querySelector(focus === "list" ? ".list" : ".close").focus();
    }
    corner();
  }

  // The server may only be starting again; silence is told when it lasts.
  function lost(is) {
    if (is && isLost) return;
    clearTimeout(timer);
    isLost = is;
    if (!is && box) box.status.textContent = "";
    if (!is || frame) return;
    timer = setTimeout(() => {
      if (!isLost) return;
      if (!box) open();
      box.status.textContent = "The preview has stopped; this page will be current again when it is back.";
    }, 1500);
  }

  // ---- Light and dark, where the page with all editions asks for one and the browser doesn't hand it down to frames:
  // the style sheets' own questions are answered for them.

  function paint() {
    const scheme = frame?.scheme() ?? null;
    const isNative = scheme !== null && matchMedia(`(prefers-color-scheme: ${scheme})`).matches;
    const answer = (asked) => asked.replace(/\(\s*prefers-color-scheme\s*:\s*(\w+)\s*\)/g, (_, wanted) =>
      wanted === scheme ? "(min-width: 0)" : "(max-width: 0)");
    const rewrite = (rules) => {
      for (const rule of rules) {
        if (rule.media) {
          rule.etapeAsked ??= rule.media.mediaText;
          const text = scheme === null || isNative ? rule.etapeAsked : answer(rule.etapeAsked);
          if (rule.media.mediaText !== text) rule.media.mediaText = text;
        }
        if (rule.cssRules) rewrite(rule.cssRules);
      }
    };
    for (const sheet of document.styleSheets) {
      try { rewrite(sheet.cssRules); } catch { /* from elsewhere */ }
    }
    if (scheme === null) document.documentElement.style.removeProperty("color-scheme");
    else document.documentElement.style.setProperty("color-scheme", scheme);
  }

  if (frame) {
    send = (message) => frame.send(message, hear);
    frame.join(window, hear, paint);
    paint();
    addEventListener("load", paint);
  } else {
    connect();
  }
})();
