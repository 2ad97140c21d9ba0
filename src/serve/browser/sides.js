// One page in every edition, side by side: the frames move together from page to page.
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const main = byId("editions");
  const settings = (() => {
    try { return JSON.parse(localStorage.getItem("etape:sides")) || {}; } catch { return {}; }
  })();
  const wish = new URLSearchParams(location.search).get("follow");
  if (wish !== null) settings.follow = wish !== "no";

  let pages = [];
  let views = [];
  let keys = new Map();
  let current = "";
  let changedAt = 0;

  const known = (key) => pages.some((page) => page.key === key);
  const address = (href) => href.split("/").map(encodeURIComponent).join("/");
  const plain = (path) => {
    try { path = decodeURIComponent(path); } catch { /* as it is */ }
    return path.endsWith("/") ? `${path}index.html` : path;
  };

  function keep() {
    try { localStorage.setItem("etape:sides", JSON.stringify(settings)); } catch { /* full or forbidden */ }
  }

  // ---- For the frames: they have no connection of their own, so that a hundred of them are no burden.

  const frames = new Map();
  window.etapeSides = {
    scheme: () => settings.scheme || null,
    join(frame, hear, paint) {
      for (const other of frames.keys()) if (other.closed) frames.delete(other);
      frames.set(frame, { hear, paint });
      // What has changed while it was loading, nobody has told it.
      if (frame.performance.timeOrigin <= changedAt) hear({ kind: "hello", problems: [] });
    },
    async send(message, hear) {
      if (message.kind !== "load") return;
      const html = await fetch(message.path, { cache: "no-store" }).then((response) => response.text()).catch(() => null);
      hear({ kind: "loaded", id: message.id, html });
    },
  };

  addEventListener("etape", ({ detail: message }) => {
    if (message.kind === "reload" || message.kind === "hello") {
      changedAt = performance.timeOrigin + performance.now();
      load();
    }
    if (message.kind === "reload" && settings.follow) {
      // A page's own text has changed where its Markdown has.
      const own = message.changed.filter((path) => path.endsWith(".md")).map((path) => path.replace(/\.md$/, ".html"));
      const changed = new Set(own.map((path) => keys.get(path)).filter(Boolean));
      if (changed.size && !changed.has(current)) go(changed.values().next().value, "push");
    }
    if (message.kind === "problems") load();
    for (const [frame, { hear }] of frames) if (!frame.closed) hear(message);
  });

  // ---- One edition's frame.

  function view(edition) {
    const article = document.createElement("article");
    article.className = "edition";
    const name = `${edition.brandName} · ${edition.localeName}`;
    article.innerHTML = `<header><h2></h2><span class="mark" hidden></span><a class="open" target="_blank">Open</a></header>
      <div class="view"><iframe loading="lazy"></iframe><p class="none" hidden>This edition doesn’t have this page.</p></div>`;
    const [title, mark, open, frame, none] = ["h2", ".mark", ".open", "iframe", ".none"].map((what) => article.querySelector(what));
    title.textContent = name;
    frame.title = name;
    const own = { edition, article, name: `${name} ${edition.brand} ${edition.locale}`.toLowerCase(), wanted: "", pending: false };

    own.update = (next) => {
      own.edition = next;
      const place = next.pages[current];
      article.classList.toggle("has-missing", place?.state === "missing");
      article.classList.toggle("has-outdated", place?.state === "outdated");
      mark.hidden = !place?.state;
      mark.className = `mark ${place?.state ?? ""}`;
      mark.textContent = { missing: "not translated", outdated: "translation outdated" }[place?.state] ?? "";
      open.hidden = frame.hidden = !place;
      none.hidden = Boolean(place);
      own.isLacking = Boolean(place?.state);
      if (!place) {
        own.wanted = "";
        return;
      }
      open.href = address(place.href);
      if (own.wanted === place.href) return;
      own.wanted = place.href;
      const isLoaded = frame.contentWindow && frame.contentWindow.location.href !== "about:blank";
      if (isLoaded && plain(frame.contentWindow.location.pathname) === place.href) return;
      own.pending = isLoaded;
      // A frame that has been somewhere goes on without an entry of its own in the history.
      if (isLoaded) frame.contentWindow.location.replace(address(place.href));
      else frame.src = address(place.href);
    };
    own.paint = () => frame.style.setProperty("color-scheme", settings.scheme || "normal");
    own.paint();

    frame.addEventListener("load", () => {
      let path;
      try { path = plain(frame.contentWindow.location.pathname); } catch { return; }
      if (path === own.wanted) {
        own.pending = false;
        return;
      }
      // On its way to where it was sent, it may still arrive where it was going before.
      if (own.pending || !own.wanted) return;
      const key = keys.get(path);
      if (!key) return;
      // The reader went there: the frame itself comes back to its own edition, the others come along.
      own.wanted = path;
      go(key, "replace");
    });
    return own;
  }

  // ---- All of them.

  function go(key, how) {
    if (!known(key)) return;
    current = key;
    const hash = `#${encodeURI(key)}`;
    if (how === "push" && location.hash !== hash) history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
    draw();
  }

  function draw() {
    const at = pages.findIndex((page) => page.key === current);
    byId("page").value = current;
    byId("previous").disabled = at <= 0;
    byId("next").disabled = at < 0 || at >= pages.length - 1;
    document.title = `${pages[at]?.title ?? "All editions"} – all editions`;
    for (const own of views) own.update(own.edition);
    filter();
  }

  function filter() {
    const words = byId("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const own of views) {
      const fits = words.every((word) => own.name.includes(word)) && (!byId("lacking").checked || own.isLacking);
      own.article.hidden = !fits;
      if (fits) shown++;
    }
    const lacking = views.filter((own) => own.isLacking).length;
    byId("count").textContent = `${shown} of ${views.length} editions${lacking ? `, ${lacking} missing or outdated` : ""}`;
  }

  async function load() {
    const all = await fetch("/_etape/editions.json", { cache: "no-store" }).then((response) => response.json()).catch(() => null);
    if (!all) return;
    pages = all.pages;
    keys = new Map(all.editions.flatMap((edition) => Object.entries(edition.pages).map(([key, place]) => [place.href, key])));
    const select = byId("page");
    const groups = new Map();
    for (const page of pages) {
      if (!groups.has(page.guide)) groups.set(page.guide, Object.assign(document.createElement("optgroup"), { label: page.guide }));
      groups.get(page.guide).append(new Option(page.label ? `${page.label} – ${page.title}` : page.title, page.key));
    }
    select.replaceChildren(...groups.values());
    const id = (edition) => `${edition.brand} ${edition.locale}`;
    const before = new Map(views.map((own) => [id(own.edition), own]));
    const same = views.length === all.editions.length && all.editions.every((edition, at) => id(edition) === id(views[at].edition));
    views = all.editions.map((edition) => before.get(id(edition)) ?? view(edition));
    all.editions.forEach((edition, at) => { views[at].edition = edition; });
    // A frame that is put anywhere anew loads anew.
    if (!same) main.replaceChildren(...views.map((own) => own.article));
    if (known(current)) draw();
    else go(decodeURI(location.hash.slice(1)), "replace");
    if (!known(current) && pages.length) go(pages[0].key, "replace");
    if (!pages.length) byId("count").textContent = "No edition has a page yet.";
  }

  function step(by) {
    const at = pages.findIndex((page) => page.key === current);
    if (pages[at + by]) go(pages[at + by].key, "push");
  }

  // ---- The controls.

  byId("page").addEventListener("change", (event) => go(event.target.value, "push"));
  byId("previous").addEventListener("click", () => step(-1));
  byId("next").addEventListener("click", () => step(1));
  byId("filter").addEventListener("input", filter);
  byId("lacking").addEventListener("change", filter);
  byId("follow").checked = Boolean(settings.follow);
  byId("follow").addEventListener("change", (event) => { settings.follow = event.target.checked; keep(); });
  addEventListener("popstate", () => {
    const key = decodeURI(location.hash.slice(1));
    if (known(key) && key !== current) { current = key; draw(); }
  });
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest?.("input, select, dialog")) return;
    if (event.key === "ArrowRight") step(1);
    if (event.key === "ArrowLeft") step(-1);
  });
  for (const [name, apply] of [
    ["width", () => { document.body.dataset.width = settings.width || "phone"; }],
    ["scheme", () => {
      for (const own of views) own.paint();
      for (const [frame, { paint }] of frames) if (!frame.closed) paint();
    }],
  ]) {
    for (const input of document.querySelectorAll(`input[name="${name}"]`)) {
      input.checked = input.value === (settings[name] || (name === "width" ? "phone" : ""));
      input.addEventListener("change", () => { settings[name] = input.value; keep(); apply(); });
    }
    apply();
  }
  load();
})();
