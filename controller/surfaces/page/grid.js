// What the grid and people asked, what follows from it, and what needs attention.

import { byId, draw, el, nothing, row } from "./dom.js";
import * as format from "./format.js";

export function attention(state) {
  byId("attention-box").hidden = state.attention.length === 0;
  draw("attention", state.attention, (all) => all.map((one) =>
    el("li", { data: { severity: one.severity } },
      el("strong", { text: one.severity }), ` ${one.text}`)));
}

export function asked(state) {
  const { zone } = state.site;
  const shown = [
    state.dispatches, state.recalled, state.orders, state.locks, state.reserves, zone,
  ];
  draw("asked", shown, ([dispatches, recalls, orders, locks, reserves]) => {
    const rows = [
      ...dispatches.map((one) => dispatch(one, zone)),
      ...recalls.map((one) => recalled(one, zone)),
      ...orders.map((one) => order(one)),
      ...locks.map((one) => lock(one, zone)),
      ...reserves.map(reserve),
    ];
    return rows.length > 0 ? rows : [nothing("Nothing: no dispatch, order or lock.")];
  });
}

function dispatch(one, zone) {
  const start = `${one.program}, from ${format.hour(one.start, zone)}`;
  const end = one.end === null ? " until cancelled" : ` to ${format.hour(one.end, zone)}`;
  if (one.opted_out !== null) return optedOut(one, zone);
  const until = one.in_force ? one.end : one.start;
  const word = one.in_force ? "ends in" : "starts in";
  return row(`${one.id} v${one.version}: ${asks(one)}`, start + end,
    until === null ? "open" : countdown(word, until),
    { data: { kind: one.in_force ? "in-force" : "to-come" } });
}

function asks(one) {
  if (one.limit_kw === null) return "asks for nothing";
  if (one.floor_kw !== null) return `set-point ${format.power(one.floor_kw)}`;
  return `at most ${format.power(one.limit_kw)}`;
}

function optedOut(one, zone) {
  const { person, why, penalty, at } = one.opted_out;
  return row(`${one.id} v${one.version}: not obeyed, ${person} opted out`,
    `${why}; penalty ${penalty.toFixed(2)}`, format.day(at, zone),
    { data: { kind: "opted-out" } });
}

function recalled(one, zone) {
  const { person, authority, reference, at } = one.recall;
  return row(`${one.id} v${one.version}: ended by recall`,
    `${person} on the word of ${authority}, ${reference}`, format.day(at, zone),
    { data: { kind: "recalled" } });
}

function order(one) {
  return row(`${one.person}: ${one.scope} ${allowed(one)}`, one.why,
    countdown("ends in", one.until), { data: { kind: "order" } });
}

function allowed(one) {
  if (one.hold) return "held, nothing starts or stops for money";
  if (one.floor_kw !== null) return `at least ${format.power(one.floor_kw)}`;
  if (one.level !== null) return one.level === "off" ? "stopped" : `at most level ${one.level}`;
  return `at most ${format.power(one.limit_kw)}${one.emergency ? ", an emergency" : ""}`;
}

function lock(one, zone) {
  return row(`${one.place} is locked by ${one.person}`,
    `${one.why}, since ${format.day(one.since, zone)}`, "locked", { data: { kind: "lock" } });
}

function reserve(one) {
  const short = one.short_kw > 0;
  return row(`Reserve of ${one.program}: ${format.power(one.sold_kw)}`,
    `${format.power(one.deliverable_kw)} run and could go`,
    short ? `short by ${format.power(one.short_kw)}` : "there",
    { data: { kind: short ? "down" : "well" } });
}

function countdown(word, until) {
  return el("span", { class: "row-value", data: { word, until } });
}

// Brings every countdown on the page up to `now`, in milliseconds of site time.
export function counting(now) {
  for (const node of document.querySelectorAll("[data-until]")) {
    const left = Date.parse(node.dataset.until) - now;
    const text = left > 0 ? `${node.dataset.word} ${format.duration(left)}` : "now";
    if (node.textContent !== text) node.textContent = text;
  }
}

export function curtailed(state) {
  draw("curtailed", state.curtailed, (all) => {
    const rows = all.filter((one) => one.power_kw > 0).map((one) =>
      row(format.sentence(one.because.text), "", format.power(one.power_kw)));
    return rows.length > 0 ? rows : [nothing("All load that can run does.")];
  });
}

export function outlook(state) {
  byId("outlook-box").hidden = state.outlook.length === 0;
  draw("outlook", [state.outlook, state.site.zone], ([all, zone]) => all.map((one) =>
    row(format.sentence(one.what), one.source + (one.limit_kw === null ? "" :
      `, at most ${format.power(one.limit_kw)}`), format.day(one.at, zone))));
}
