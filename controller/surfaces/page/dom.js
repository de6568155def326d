// Building elements. Text is only ever set as text: names of miners and people are not markup.

export const byId = (id) => document.getElementById(id);

export function el(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  if (options.class) node.className = options.class;
  if (options.text !== undefined) node.textContent = options.text;
  for (const [name, value] of Object.entries(options.data ?? {})) node.dataset[name] = value;
  for (const [name, value] of Object.entries(options.attributes ?? {})) {
    node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

export function fill(id, text) {
  const node = byId(id);
  if (node.textContent !== text) node.textContent = text;
}

const drawn = new WeakMap();

// Replaces the children of `node` only where what they show has changed, so that what a person has
// selected, focused or is being read stays.
export function redraw(node, shown, make) {
  const key = JSON.stringify(shown);
  if (drawn.get(node) === key) return;
  drawn.set(node, key);
  node.replaceChildren(...make(shown));
}

export function draw(id, shown, make) {
  redraw(byId(id), shown, make);
}

export function row(title, detail, value, options = {}) {
  return el("li", options,
    el("span", { class: "row-text" },
      el("span", { class: "row-title", text: title }),
      detail ? el("span", { class: "note", text: detail }) : null),
    typeof value === "string" ? el("span", { class: "row-value", text: value }) : value);
}

export function nothing(text) {
  return el("li", { class: "nothing", text });
}

export function pair(name, value, options = {}) {
  return el("div", options, el("dt", { text: name }), el("dd", { text: value }));
}
