// A task's questions: which are asked now, what a slider says, and the elements of this screen and no others.

const ELEMENTS = {
  "mark-spans": () => import("./spans.js"),
  "mark-relations": () => import("./relations.js"),
  "choose-cells": () => import("./cells.js"),
  "edit-rows": () => import("./rows.js"),
  "find-entity": () => import("./entity.js"),
  "[data-math], [data-formula]": () => import("./math.js"),
};
let drawMath = () => {};

/** Bring the questions up to date with the answers. */
export function refresh(root) {
  for (const [selector, load] of Object.entries(ELEMENTS)) {
    if (root.querySelector(selector)) load().then(({ draw }) => draw && begin(draw, root));
  }
  conditions(root);
  for (const range of root.querySelectorAll("[data-slides]")) follow(range);
  drawMath(root);
}

function begin(draw, root) {
  if (drawMath === draw) return;
  drawMath = draw;
  draw(root);
}

// --- conditions: the same rule as annotation.asks.asked_now ---

function conditions(root) {
  const there = new Map();
  for (const ask of root.querySelectorAll("[data-ask]")) {
    const when = Object.entries(JSON.parse(ask.dataset.when ?? "{}"));
    const holds = when.every(([name, wanted]) => there.has(name) && given(there.get(name)).some((one) => [wanted].flat().includes(one)));
    if (holds) there.set(ask.dataset.ask, ask);
    if (ask.dataset.when !== undefined) show(ask, holds);
  }
}

/** The answers to a question as a condition may name them. */
function given(ask) {
  const fields = [...ask.querySelectorAll("[name]:not([type=hidden], [form=nowhere])")];
  const said = fields.map((one) => (/radio|checkbox/.test(one.type) && !one.checked ? "" : one.value));
  // left@right,left: what was chosen, and the order it was shown in; value=weight: an option that has one.
  if (ask.matches(".preference")) return said.filter(Boolean).map((one) => one.split("@")[0]);
  if (ask.querySelector(".weight")) return said.filter((one) => !one.endsWith("=")).map((one) => one.slice(0, one.lastIndexOf("=")));
  const hidden = ask.querySelector("find-entity > input");
  return [...said, hidden?.value ?? ""].filter(Boolean);
}

function show(ask, holds) {
  ask.hidden = !holds;
  ask.toggleAttribute("data-asked", holds);
  if (ask.tagName === "FIELDSET") ask.disabled = !holds;
  for (const field of ask.querySelectorAll("input, textarea, select")) {
    if (ask.tagName !== "FIELDSET") field.disabled = !holds;
    const must = field.name && field.type !== "hidden" && field.type !== "checkbox" && !field.closest("[form=nowhere]");
    if (must && ask.dataset.must !== undefined) field.required = holds && !ask.matches(".ranking");
  }
}

// --- sliders: one that was not touched says nothing ---

const boxOf = (range) => range.parentElement.querySelector("input[type=number]");

/** The slider was moved, or put where it stood. */
export function slide(range) {
  const box = boxOf(range);
  box.value = range.value;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

function follow(range) {
  const box = boxOf(range);
  range.toggleAttribute("data-untouched", box.value === "");
  if (box.value !== "") range.value = box.value;
}
