// Power with target and limit above, price below, on one axis of time.

import * as format from "./format.js";
import { path, scale, ticks } from "./geometry.js";

const NS = "http://www.w3.org/2000/svg";
const MOST = 1200;
const HEIGHT = { power: 190, gap: 30, price: 70, axis: 22 };
const TOP = 26;
const LEFT = 50;
const RIGHT = 8;

function svg(tag, attributes, ...children) {
  const node = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export class Chart {
  constructor(box, readout) {
    this.box = box;
    this.readout = readout;
    this.points = [];
    this.site = { zone: "UTC", currency: "" };
    this.pending = false;
    new ResizeObserver(() => this.redraw()).observe(box);
    box.addEventListener("pointermove", (event) => this.point(event));
    box.addEventListener("pointerleave", () => this.point(null));
  }

  load(points) {
    this.points = points.slice(-MOST);
    this.redraw();
  }

  push(point) {
    const last = this.points.at(-1);
    if (last && point.at <= last.at) return;
    this.points.push(point);
    if (this.points.length > MOST) this.points.shift();
    this.redraw();
  }

  redraw() {
    if (this.pending) return;
    this.pending = true;
    requestAnimationFrame(() => {
      this.pending = false;
      this.draw();
    });
  }

  draw() {
    const width = this.box.clientWidth;
    if (width === 0 || this.points.length === 0) return;
    const height = TOP + HEIGHT.power + HEIGHT.gap + HEIGHT.price + HEIGHT.axis;
    this.x = scale([this.points[0].at, Math.max(this.points.at(-1).at, this.points[0].at + 1000)],
      [LEFT, width - RIGHT]);
    const priceTop = TOP + HEIGHT.power + HEIGHT.gap;
    const root = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, focusable: "false" },
      ...this.powerPanel(width, TOP, TOP + HEIGHT.power),
      ...this.pricePanel(width, priceTop, priceTop + HEIGHT.price),
      ...this.timeAxis(width, priceTop + HEIGHT.price));
    this.cross = svg("line", { class: "cross", y1: TOP, y2: priceTop + HEIGHT.price, x1: -9, x2: -9 });
    root.append(this.cross);
    this.box.replaceChildren(root);
    if (this.pointed !== undefined) this.show(this.pointed);
  }

  powerPanel(width, top, bottom) {
    const drawn = this.points.flatMap((one) => [one.power ?? 0, one.target]);
    const highest = Math.max(...drawn, 1);
    // A limit far above what is drawn would flatten everything else: it leaves at the top.
    const near = this.points.map((one) => one.limit).filter((kw) => kw <= highest * 1.6);
    const reach = Math.max(highest, ...near) * 1.05;
    const marks = ticks(0, reach, 4);
    const y = scale([0, Math.max(marks.at(-1), reach)], [bottom, top]);
    const line = (name, step) => path(this.points, (one) => one[name], this.x, y, { step, top });
    return [
      ...this.grid(marks, y, width, (kw) => format.whole(kw)),
      svg("text", { class: "unit", x: 4, y: top - 12 }, "kW"),
      svg("path", { class: "area", d: path(this.points, (one) => one.power, this.x, y, { base: bottom, top }) }),
      svg("path", { class: "line limit", d: line("limit", true) }),
      svg("path", { class: "line target", d: line("target", true) }),
      svg("path", { class: "line power", d: line("power", false) }),
    ];
  }

  pricePanel(width, top, bottom) {
    const known = this.points.map((one) => one.price).filter((price) => price !== null);
    const [low, high] = [Math.min(0, ...known), Math.max(1, ...known)];
    const marks = ticks(low, high, 2);
    const y = scale([Math.min(low, marks[0]), Math.max(high * 1.05, marks.at(-1))], [bottom, top]);
    return [
      ...this.grid(marks, y, width, (price) => format.whole(price)),
      svg("text", { class: "unit", x: 4, y: top - 6 }, `${this.site.currency}/MWh`),
      svg("path", { class: "line price",
        d: path(this.points, (one) => one.price, this.x, y, { step: true, top }) }),
    ];
  }

  grid(marks, y, width, text) {
    return marks.flatMap((mark) => [
      svg("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: y(mark), y2: y(mark) }),
      svg("text", { class: "mark", x: LEFT - 6, y: y(mark) + 4, "text-anchor": "end" }, text(mark)),
    ]);
  }

  timeAxis(width, bottom) {
    const wanted = Math.max(2, Math.min(7, Math.floor(width / 130)));
    const short = this.points.at(-1).at - this.points[0].at < 10 * 60 * 1000;
    const step = (width - RIGHT - LEFT) / (wanted - 1);
    return Array.from({ length: wanted }, (_, index) => {
      const x = LEFT + index * step;
      const anchor = index === 0 ? "start" : index === wanted - 1 ? "end" : "middle";
      const at = this.x.inverse(x);
      return svg("text", { class: "mark", x, y: bottom + 17, "text-anchor": anchor },
        format.hour(at, this.site.zone, short));
    });
  }

  point(event) {
    if (event === null || this.x === undefined) {
      this.pointed = undefined;
      this.cross?.setAttribute("x1", -9);
      this.cross?.setAttribute("x2", -9);
      this.readout.textContent = "\u00a0";
      return;
    }
    this.pointed = this.x.inverse(event.clientX - this.box.getBoundingClientRect().left);
    this.show(this.pointed);
  }

  show(at) {
    const nearest = this.points.reduce((best, one) =>
      (Math.abs(one.at - at) < Math.abs(best.at - at) ? one : best));
    const x = this.x(nearest.at);
    this.cross.setAttribute("x1", x);
    this.cross.setAttribute("x2", x);
    this.readout.textContent = [
      format.hour(nearest.at, this.site.zone, true),
      `power ${format.power(nearest.power)}`,
      `target ${format.power(nearest.target)}`,
      `limit ${format.power(nearest.limit)}`,
      `price ${format.money(nearest.price, this.site.currency)}`,
    ].join("  ·  ");
  }
}
