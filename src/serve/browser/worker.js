// One connection to the preview for all pages that a browser shows of it: browsers open six at most.
// As a worker it also asks for pages on behalf of pages, whose own policy lets them ask nothing.
"use strict";

const shared = typeof SharedWorkerGlobalScope !== "undefined" && self instanceof SharedWorkerGlobalScope;
const ports = new Set();
let source = null;
// What a page that comes later must know.
let problems = null;

function tell(message) {
  for (const port of ports) port.postMessage(message);
}

function connect() {
  source = new EventSource("/_etape/events");
  source.addEventListener("hello", (event) => {
    problems = JSON.parse(event.data).problems;
    tell({ kind: "hello", problems });
  });
  source.addEventListener("reload", (event) => {
    problems = [];
    tell({ kind: "reload", changed: JSON.parse(event.data).changed });
  });
  source.addEventListener("problems", (event) => {
    problems = JSON.parse(event.data);
    tell({ kind: "problems", problems });
  });
  source.addEventListener("error", () => {
    tell({ kind: "lost" });
    // Most failures are tried again by the browser; after some, it gives up.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 1000);
  });
}

// The page as it is now, or null.
async function load(path) {
  try {
    const response = await fetch(path, { cache: "no-store" });
    return await response.text();
  } catch {
    return null;
  }
}

function welcome(port) {
  ports.add(port);
  port.onmessage = async (event) => {
    const message = event.data;
    if (message.kind === "bye") {
      ports.delete(port);
    } else if (message.kind === "load") {
      port.postMessage({ kind: "loaded", id: message.id, html: await load(message.path) });
    }
  };
  if (source === null) connect();
  // Already connected: what was said then is said again.
  else if (source.readyState === EventSource.OPEN && problems !== null) port.postMessage({ kind: "hello", problems });
}

if (shared) self.onconnect = (event) => welcome(event.ports[0]);
else welcome(self);
