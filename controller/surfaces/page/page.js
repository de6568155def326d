// Puts what the stream says on the page.

import { deliverable, informs } from "./ability.js";
import { Chart } from "./chart.js";
import { byId, fill } from "./dom.js";
import * as format from "./format.js";
import { figures } from "./figures.js";
import { groups } from "./groups.js";
import { Link } from "./link.js";
import { asked, attention, counting, curtailed, outlook } from "./grid.js";
import { adapters, money, motions, self } from "./running.js";

const chart = new Chart(byId("chart"), byId("readout"));
let site = null;
let siteTime = 0;

function linkIs(state, text) {
  if (byId("link").dataset.state === state) return;
  byId("link").dataset.state = state;
  document.body.dataset.link = state;
  fill("link", text);
}

function clock(at) {
  siteTime = Math.max(siteTime, Date.parse(at));
  if (site === null) return;
  fill("clock", format.clock(siteTime, site.zone));
  counting(siteTime);
}

function head(state) {
  site = state.site;
  chart.site = state.site;
  document.title = `${state.site.id} · curtaild`;
  fill("site", state.site.id);
  fill("mode", state.mode);
  byId("mode").dataset.mode = state.mode;
  byId("shadow").hidden = !state.shadow;
  fill("shadow-commands", `${format.count(state.shadow_commands, "command")} withheld so far.`);
}

function show(state) {
  linkIs("up", "live");
  head(state);
  attention(state);
  figures(state);
  groups(state);
  asked(state);
  curtailed(state);
  deliverable(state);
  informs(state);
  outlook(state);
  money(state);
  motions(state);
  adapters(state);
  self(state);
  clock(state.at);
  chart.push({
    at: Date.parse(state.at),
    power: state.power_kw.quality === "fresh" ? state.power_kw.value : null,
    target: state.target_kw,
    limit: state.limit_kw,
    price: state.price_per_mwh.quality === "fresh" ? state.price_per_mwh.value : null,
  });
  byId("main").dataset.ready = "yes";
}

function past(history) {
  siteTime = 0;
  chart.load(history.at.map((at, index) => ({
    at: Date.parse(at),
    power: history.power_kw[index],
    target: history.target_kw[index],
    limit: history.limit_kw[index],
    price: history.price_per_mwh[index],
  })));
}

function beat(now) {
  clock(now.at);
  if (now.alive) linkIs("up", "live");
  else linkIs("stuck", "control loop stuck");
}

new Link("/api/v1/events", {
  lost: () => linkIs("lost", "link lost, trying again"),
  history: past,
  state: show,
  beat,
});
