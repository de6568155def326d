// The row of four figures at the top.

import { byId, fill } from "./dom.js";
import * as format from "./format.js";

function quality(reading, zone) {
  if (reading.quality === "missing") return format.sentence(reading.why || "missing");
  if (reading.quality === "stale") return `Stale: last known at ${format.hour(reading.at, zone)}`;
  return null;
}

export function figures(state) {
  power(state);
  fill("target", format.power(state.target_kw));
  fill("target-note", `${format.power(state.expected_kw)} has to be counted now`);
  limit(state);
  price(state);
}

function power(state) {
  const reading = state.power_kw;
  fill("power", format.power(reading.value));
  byId("power").dataset.quality = reading.quality;
  const over = reading.value !== null && reading.value > state.limit_kw;
  byId("power").dataset.over = over ? "yes" : "no";
  const share = `of ${format.power(state.site.import_limit_kw)} connection`;
  fill("power-note", quality(reading, state.site.zone) ?? share);
  bullet(state, over);
}

function bullet(state, over) {
  const end = Math.max(state.site.import_limit_kw, state.power_kw.value ?? 0, 0.001);
  const share = (kw) => `${Math.min(100, Math.max(0, (100 * kw) / end))}%`;
  const box = byId("bullet");
  box.dataset.over = over ? "yes" : "no";
  box.style.setProperty("--drawn", share(state.power_kw.value ?? 0));
  box.style.setProperty("--aim", share(state.target_kw));
  box.style.setProperty("--most", share(state.limit_kw));
}

function limit(state) {
  fill("limit", format.power(state.limit_kw));
  const one = state.limit;
  if (one === null) return fill("limit-note", "");
  const until = one.until === null ? "" : `, until ${format.hour(one.until, state.site.zone)}`;
  return fill("limit-note", `${format.sentence(one.because.text)}${until}`);
}

function price(state) {
  const { currency, zone } = state.site;
  const reading = state.price_per_mwh;
  fill("price", reading.value === null ? "–" : format.money(reading.value, currency));
  byId("price").dataset.quality = reading.quality;
  const adders = `per MWh, ${format.money(state.marginal_price_per_mwh, currency)} with adders`;
  fill("price-note", quality(reading, zone) ?? adders);
}
