// Money, and how the controller itself is.

import { draw, fill, nothing, pair, row } from "./dom.js";
import * as format from "./format.js";

export function money(state) {
  const { currency, zone } = state.site;
  draw("money", [state.money, currency], ([sum]) => {
    const amount = (value) => format.money(value, currency);
    return [
      pair("Hash revenue, estimated", amount(sum.hash_revenue)),
      ...(sum.hosting_revenue === 0 ? [] :
        [pair("Owed by clients, estimated", amount(sum.hosting_revenue))]),
      pair("Energy cost", amount(sum.energy_cost)),
      pair("Margin", amount(sum.hash_revenue + sum.hosting_revenue - sum.energy_cost),
        { class: "sum" }),
      pair("Cost avoided by curtailing", amount(sum.avoided_cost)),
      pair("Revenue foregone", amount(sum.foregone_revenue)),
      pair("Gained by curtailing", amount(sum.avoided_cost - sum.foregone_revenue),
        { class: "sum" }),
      pair("Energy used", format.energy(sum.energy_kwh)),
      pair("Energy not used", format.energy(sum.curtailed_kwh)),
    ];
  });
  const since = state.money.since === null ? "" : `Since ${format.day(state.money.since, zone)}. `;
  const open = state.interval === null ? "" :
    `Interval to ${format.hour(state.interval.end, zone)}: ${format.energy(state.interval.energy_kwh)}` +
    `${state.interval.estimated ? " estimated" : ""}, ${format.money(state.interval.energy_cost, currency)}.`;
  fill("money-note", since + open + revenueMeter(state.revenue_meter, zone));
}

function revenueMeter(last, zone) {
  if (last === null || last.difference.end === null) return "";
  const { difference_percent: percent, apart, spans, end } = last.difference;
  const side = percent < 0 ? "low" : "high";
  const beside = percent === null ? "nothing to compare" :
    `ours reads ${Math.abs(percent).toFixed(2)} % ${side}, ` +
    `${format.whole(apart)} of ${format.count(spans, "interval")} apart`;
  return ` Revenue meter to ${format.day(end, zone)}: ${beside}.`;
}

const STAGES = [
  ["sent", "under way"], ["intended", "to be told"], ["withheld", "withheld"],
  ["failed", "disobedient"], ["confirmed", "arrived, at rest"],
];
const SHOWN = 12;

export function motions(state) {
  const all = state.motions;
  const parts = STAGES.filter(([stage]) => all.by_stage[stage] > 0)
    .map(([stage, words]) => `${format.whole(all.by_stage[stage])} ${words}`);
  fill("stages", parts.length > 0 ? format.sentence(parts.join(", ")) : "");
  const shown = all.shown.slice(0, SHOWN);
  draw("motions", [shown, all.total], () => {
    const rows = shown.map((one) =>
      row(`${one.miner}: ${one.from_level || "?"} → ${one.to_level}`, one.because.text,
        one.stage, { data: { stage: one.stage } }));
    if (rows.length === 0) return [nothing("None.")];
    const more = all.total - rows.length;
    return more > 0 ? [...rows, nothing(`and ${format.count(more, "more miner")}`)] : rows;
  });
}

export function adapters(state) {
  draw("adapters", [state.adapters, state.site.zone], ([all, zone]) => {
    const rows = all.map((one) => adapter(one, zone));
    return rows.length > 0 ? rows : [nothing("None is configured.")];
  });
}

function adapter(one, zone) {
  const refused = Object.entries(one.refused).map(([why, samples]) => `${samples} ${why}`);
  const parts = [
    one.heard_at ? `last heard ${format.day(one.heard_at, zone)}` : "",
    refused.length > 0 ? `refused: ${refused.join(", ")}` : "",
    one.last_error ? `last error: ${one.last_error}` : "",
    one.last_error_at ? `at ${format.hour(one.last_error_at, zone)}` : "",
  ].filter(Boolean);
  const errors = one.errors > 0 ? `, ${format.count(one.errors, "error")}` : "";
  const away = one.connected === false;
  const state = !one.running ? "down" : away ? "not connected" : one.late ? "late" : "running";
  const kind = !one.running || away ? "down" : one.errors > 0 || one.late ? "shaky" : "well";
  const word = `${state}${errors}`;
  return row(`${one.name} (${one.kind})`, parts.join("; "), word, { data: { kind } });
}

export function self(state) {
  const { ledger, fleet, about } = state;
  draw("self", [ledger, fleet], () => [
    pair("Ledger", ledger.writable ? "writing" : `cannot write: ${ledger.last_error}`,
      { data: { kind: ledger.writable ? "well" : "down" } }),
    pair("Records written", format.whole(ledger.written)),
    pair("Records waiting", format.whole(ledger.waiting)),
    pair("Miners reachable", `${format.whole(fleet.reachable)} of ${format.whole(fleet.known)}`),
    pair("Commands sent", format.whole(fleet.sent)),
    pair("Probes", format.whole(fleet.probes)),
    pair("Calls abandoned", format.whole(fleet.abandoned_calls)),
    ...Object.entries(fleet.failures).map(([kind, times]) =>
      pair(`Failed: ${kind}`, format.whole(times))),
  ]);
  fill("about", `curtaild ${about.code_version}, configuration ${about.config_hash.slice(0, 12)}, ` +
    `${format.count(about.cycles, "cycle")}, last in ${(about.cycle_seconds * 1000).toFixed(1)} ms`);
}
