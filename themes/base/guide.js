// What the pages can do better with a script. Nothing here is needed to read a guide.
(function () {
  "use strict";

  // The brand's front page: straight to the reader's language, where there is one. The list stays otherwise.
  var links = document.querySelectorAll(".choose a[hreflang]");
  if (links.length) {
    var wanted = navigator.languages || [navigator.language || ""];
    var primary = function (tag) {
      return tag.toLowerCase().split("-")[0];
    };
    for (var i = 0; i < wanted.length; i++) {
      var near = null;
      for (var j = 0; j < links.length; j++) {
        if (links[j].hreflang.toLowerCase() === wanted[i].toLowerCase()) {
          location.replace(links[j].href);
          return;
        }
        if (!near && primary(links[j].hreflang) === primary(wanted[i])) near = links[j];
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
