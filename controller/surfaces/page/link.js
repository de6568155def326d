// The stream of events: reconnects by itself and says when nothing has come for a while.

const SILENT_MS = 6000;
const AGAIN_MS = 3000;

export class Link {
  constructor(url, handlers) {
    this.url = url;
    this.handlers = handlers;
    this.heardAt = 0;
    setInterval(() => this.watch(), 1000);
    this.open();
  }

  open() {
    this.source?.close();
    this.openedAt = performance.now();
    this.source = new EventSource(this.url);
    for (const name of ["history", "state", "beat"]) {
      this.source.addEventListener(name, (event) => this.heard(name, event));
    }
    this.source.addEventListener("error", () => this.handlers.lost());
  }

  heard(name, event) {
    this.heardAt = performance.now();
    this.handlers[name](JSON.parse(event.data));
  }

  // EventSource gives up after some errors, and does not notice a peer that went silently.
  watch() {
    const now = performance.now();
    if (now - this.heardAt < SILENT_MS) return;
    this.handlers.lost();
    if (now - this.openedAt > Math.max(SILENT_MS, AGAIN_MS)) this.open();
  }
}
