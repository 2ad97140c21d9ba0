// What the pages can do better with a script. Nothing here is needed to read a guide.
(function () {
  "use strict";

  // The brand's front page: straight to the reader's language, where there is one. The list stays otherwise.
  var locales = document.querySelectorAll(".choose a[hreflang]");
  if (locales.length) {
    var wanted = navigator.languages || [navigator.language || ""];
    var primary = function (tag) {
      return tag.toLowerCase().split("-")[0];
    };
    for (var i = 0; i < wanted.length; i++) {
      var near = null;
      for (var j = 0; j < locales.length; j++) {
        if (locales[j].hreflang.toLowerCase() === wanted[i].toLowerCase()) {
          location.replace(locales[j].href);
          return;
        }
        if (!near && primary(locales[j].hreflang) === primary(wanted[i])) near = locales[j];
      }
      if (near) {
        location.replace(near.href);
        return;
      }
    }
  }

  // A screen is enlarged over its page, with its marks. The link behind leads to the picture itself.
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a.zoom");
    if (!link || !window.HTMLDialogElement) return;
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    var dialog = document.createElement("dialog");
    var close = document.createElement("button");
    var canvas = link.querySelector(".canvas").cloneNode(true);
    var picture = canvas.querySelector("img");
    picture.srcset = picture.sizes = "";
    picture.src = link.href;
    close.type = "button";
    close.textContent = link.dataset.close || "×";
    close.lang = link.dataset.closeLang || link.closest("[lang]").lang;
    dialog.className = "enlarged";
    dialog.setAttribute("aria-label", picture.alt);
    dialog.append(close, canvas);
    dialog.addEventListener("click", function () {
      dialog.close();
    });
    dialog.addEventListener("close", function () {
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
  });

  // A link is copied, to be sent to the other device.
  var copy = document.querySelector(".by-link button");
  if (copy && navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", function () {
      navigator.clipboard.writeText(copy.previousElementSibling.href).then(function () {
        copy.textContent = copy.dataset.done;
      });
    });
  }

  // The device remembers where the reader was, which option they took, and how far they came; nobody else is told.
  var guide = document.body.dataset.guide;
  var at = document.body.dataset.at;
  var links = {};
  document.querySelectorAll(".steps [data-step]").forEach(function (link) {
    links[link.dataset.step] = link;
  });
  var was = { far: 0, took: {} };
  try {
    was = Object.assign(was, JSON.parse(localStorage.getItem("etape:" + guide)));
  } catch (error) {
    // nothing is remembered, or nothing may be
  }
  if (at) {
    var part = at.split(".");
    was.at = at;
    was.far = Math.max(was.far, part[0]);
    if (part[1]) was.took[part[0]] = at;
    try {
      localStorage.setItem("etape:" + guide, JSON.stringify(was));
    } catch (error) {
      // as above
    }
  }

  function show() {
    for (var step in links) {
      var link = links[step];
      var state = link.querySelector(".state");
      if (!state) continue;
      state.hidden = !(+step < was.far || +step < parseInt(at, 10));
      link.parentNode.classList.toggle("done", !state.hidden);
    }
    document.querySelectorAll(".option").forEach(function (option) {
      var chosen = option.querySelector(".chosen");
      if (chosen) chosen.hidden = was.took[parseInt(option.dataset.option, 10)] !== option.dataset.option;
    });
  }
  show();

  // Back from the next step leads to the option that was taken, not to the choice.
  for (var step in was.took) {
    var choice = links[step];
    var taken = links[was.took[step]];
    if (!choice || !taken || parseInt(at, 10) === +step) continue;
    document.querySelectorAll("a.back, a[rel='prev']").forEach(function (link) {
      if (link.href !== choice.href) return;
      link.href = taken.href;
      var title = link.querySelector(".way-title");
      if (title) title.textContent = taken.lastElementChild.textContent;
    });
  }

  // The guide's first page offers the way back to where the reader was.
  var resume = document.querySelector(".resume");
  var last = links[was.at];
  if (resume && last) {
    var title = resume.querySelector("h2");
    var go = resume.querySelector("a");
    title.textContent = title.dataset.text.replace("{n}", was.at);
    go.textContent = (last.querySelector(".number + span") || last.lastElementChild).textContent;
    go.href = last.href;
    resume.hidden = false;
    resume.querySelector("button").addEventListener("click", function () {
      try {
        localStorage.removeItem("etape:" + guide);
      } catch (error) {
        // as above
      }
      was = { far: 0, took: {} };
      resume.hidden = true;
      show();
      document.getElementById("page-main").focus();
    });
  }

  // Arrow keys lead to the next and the previous page, in the direction of reading.
  document.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    // Where the arrows scroll or move a cursor, they keep doing so.
    if (document.querySelector("dialog[open]")) return;
    if (event.target.closest("input, textarea, select, [contenteditable], [tabindex='0'], pre")) return;
    if (document.documentElement.scrollWidth > document.documentElement.clientWidth) return;
    var forward = (event.key === "ArrowRight") === (document.documentElement.dir !== "rtl");
    var link = document.querySelector(forward ? "a[rel='next']" : "a[rel='prev']");
    if (link) link.click();
  });
})();
