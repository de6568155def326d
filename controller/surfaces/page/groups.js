// A card for each group: its miners as a strip, why they stand so, and the cohorts.

import { draw, el, redraw } from "./dom.js";
import * as format from "./format.js";

const GRADES = {
  outlet: "measured at the outlet",
  group_meter: "by the group's meter",
  self_report: "as the miners report",
  inferred: "inferred",
};

const cards = new Map();

export function groups(state) {
  draw("groups", state.groups.map((group) => group.id), (ids) => ids.map(frame));
  for (const group of state.groups) {
    const card = cards.get(group.id);
    redraw(card.now, [group, state.site], () => now(group, state.site));
    redraw(card.summary, group.cohorts.length, (many) => [format.count(many, "cohort")]);
    redraw(card.table, group.cohorts, table);
  }
}

// What stays while the figures in it change: an opened list of cohorts stays open.
function frame(id) {
  const card = {
    now: el("div", { class: "group-now" }),
    summary: el("summary"),
    table: el("table"),
  };
  cards.set(id, card);
  return el("article", { class: "panel group" }, card.now,
    el("details", {}, card.summary, card.table));
}

function now(group, { currency, zone }) {
  const metered = group.power_kw.quality === "fresh";
  const kw = metered ? group.power_kw.value : group.reported_kw;
  const limit = group.limit_kw === null ? "" : `, limit ${format.power(group.limit_kw)}`;
  return [
    el("div", { class: "panel-head" },
      el("h3", { text: group.id }),
      el("p", { class: "group-power" },
        el("strong", { text: format.power(kw) }),
        el("span", { class: "note", text: metered ? " metered" : " by the miners" }))),
    el("p", { class: "note", text: `target ${format.power(group.target_kw)}${limit}` }),
    ...(group.unpaid_since === null ? [] : [unpaid(group.unpaid_since, zone)]),
    strip(group),
    ...(group.explained === null ? [] : [
      el("p", { class: "explained", text: group.explained.sentence })]),
    ...disturbed(group),
    ...group.allocations.map((one) => why(one, group.explained, currency)),
  ];
}

function disturbed(group) {
  const found = [];
  if (group.contested > 0) {
    found.push(el("p", { class: "why" },
      el("span", { class: "tag warn", text: "contested" }),
      ` ${format.count(group.contested, "miner")} kept awake by somebody else, counted in full.`));
  }
  if (group.cooling !== null) {
    found.push(el("p", { class: "why" }, el("span", { class: "tag", text: "fans" }),
      group.cooling ? " They are to run." : " They may rest."));
  }
  return found;
}

function unpaid(since, zone) {
  return el("p", { class: "why" },
    el("span", { class: "tag warn", text: "no income" }),
    ` No share was accepted since ${format.hour(since, zone)}.`);
}

// What a cohort counts as in the strip: running, off, or cannot be told.
function kind(cohort) {
  if (cohort.standing !== "present") return cohort.standing;
  return ["off", "cut"].includes(cohort.level) ? "off" : "running";
}

function strip(group) {
  const counts = { running: 0, moving: group.moving, off: 0, locked: 0, unreachable: 0 };
  for (const cohort of group.cohorts) counts[kind(cohort)] += cohort.miners;
  const present = Object.entries(counts).filter(([, miners]) => miners > 0);
  const parts = present.map(([name, miners]) => {
    const part = el("i", { data: { kind: name } });
    part.style.flexGrow = String(miners);
    return part;
  });
  const words = present.map(([name, miners]) =>
    el("li", { data: { kind: name }, text: `${format.whole(miners)} ${name}` }));
  return el("div", { class: "strip-box" },
    el("div", { class: "strip", attributes: { "aria-hidden": "true" } }, ...parts),
    el("ul", { class: "strip-key" }, ...words));
}

// The levels of one kind of miners; their reason only where the group's is another.
function why(one, explained, currency) {
  const counts = Object.entries(one.counts).map(([level, miners]) => `${miners} ${level}`);
  const said = explained !== null && explained.because.reason === one.because.reason;
  const reason = said ? "." : `: ${one.because.text}.`;
  const next = said || one.next_break_even_per_mwh === null ? "" :
    " The next step breaks even, all told, at " +
    `${format.money(one.next_break_even_per_mwh, currency)}/MWh.`;
  const held = one.held > 0 ? ` ${format.count(one.held, "miner")} cannot be moved now.` : "";
  return el("p", { class: "why" },
    el("span", { class: "tag", text: one.curve }),
    one.ceiling === null ? null : el("span", { class: "tag warn", text: ceiling(one.ceiling) }),
    ` ${counts.join(", ")}${reason}${next}${held}`);
}

function ceiling(level) {
  return level === "off" ? "stopped" : `at most ${level}`;
}

function table(cohorts) {
  const heads = ["Level", "Miners", "Power"].map((text) =>
    el("th", { text, attributes: { scope: "col" } }));
  const rows = cohorts.map((cohort) => el("tr", {},
    el("td", {}, cohort.level || "does not say",
      cohort.standing === "present" ? null : el("span", { class: "tag warn", text: cohort.standing })),
    el("td", { text: format.whole(cohort.miners) }),
    el("td", { text: format.power(cohort.power_kw), attributes: { title: GRADES[cohort.evidence] } })));
  return [el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows)];
}
