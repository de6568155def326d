// How far power could be moved, and what informs of it.

import { byId, draw, el, row } from "./dom.js";
import * as format from "./format.js";

export function deliverable(state) {
  byId("deliverable-box").hidden = state.deliverable.length === 0;
  draw("deliverable", state.deliverable, table);
  draw("demands", state.too_much_asked, (all) => all.map(demand));
}

function table(all) {
  const heads = ["Within", "Down by", "sure", "Up by", "sure"].map((text) =>
    el("th", { text, attributes: { scope: "col" } }));
  const rows = all.map((one) => el("tr", {},
    el("td", { text: within(one.within_s) }),
    el("td", { class: "much", text: format.power(one.shed_kw) }),
    sure(one.shed_confidence, one.shed_kw),
    el("td", { class: "much", text: format.power(one.add_kw) }),
    sure(one.add_confidence, one.add_kw)));
  return [el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows)];
}

// Of nothing nobody is sure or unsure.
function sure(confidence, kw) {
  const text = kw > 0 ? `${Math.floor(confidence * 100)} %` : "–";
  return el("td", { class: "sure", text });
}

function within(seconds) {
  return seconds < 60 ? `${seconds} s` : `${format.whole(seconds / 60)} min`;
}

function demand(one) {
  return row(`${one.program} may ask ${format.power(one.asked_kw)} within ${within(one.within_s)}`,
    `measured so far: ${format.power(one.measured_kw)}`, "too much", { data: { kind: "shaky" } });
}

export function informs(state) {
  const { zone } = state.site;
  byId("informs-box").hidden = state.signals.length + state.conditions.length === 0;
  draw("informs", [state.signals, state.conditions, zone], ([signals, conditions]) => [
    ...signals.map((one) => signal(one, zone)),
    ...conditions.map((one) => condition(one, zone)),
  ]);
}

function signal(one, zone) {
  const { quality, value, at, why } = one.reading;
  const obeyed = one.response_s === null ? "" :
    `obeyed within ${format.amount(one.response_s)} s, ${format.amount(one.worst_response_s)} s at worst`;
  const detail = quality === "fresh" ? obeyed : quality === "missing" ? why :
    `silent since ${format.hour(at, zone)}`;
  const kind = quality === "fresh" ? "well" : "down";
  return row(one.name, detail, value === null ? "missing" : format.amount(value),
    { data: { kind } });
}

// It informs and never orders.
function condition(one, zone) {
  const missing = one.quality === "missing";
  const said = one.at === null ? "" : `said at ${format.hour(one.at, zone)}`;
  const old = one.quality === "stale" ? ", and not again" : "";
  return row(one.name, missing ? one.says : said + old, missing ? "missing" : one.says,
    { data: { kind: missing ? "shaky" : "well" } });
}
