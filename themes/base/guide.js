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

  // Arrow keys lead to the next and the previous page, in the direction of reading.
  document.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    // Where the arrows scroll or move a cursor, they keep doing so.
    if (event.target.closest("input, textarea, select, [contenteditable], [tabindex='0'], pre")) return;
    if (document.documentElement.scrollWidth > document.documentElement.clientWidth) return;
    var forward = (event.key === "ArrowRight") === (document.documentElement.dir !== "rtl");
    var link = document.querySelector(forward ? "a[rel='next']" : "a[rel='prev']");
    if (link) link.click();
  });
})();
