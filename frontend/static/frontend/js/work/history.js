// Undo and redo of what was done on the screen: what was typed and what was chosen, step by step.

import * as screen from "./screen.js";

// Typing in one field without a pause is one step; inside of a text the browser has its own, finer undo.
const PAUSE = 1000;
const NOT_OURS = ["csrfmiddlewaretoken", "assignment", "key", "left", "pastes"];
let past = [];
let future = [];
let present = null;
let last = { field: null, at: 0 };
let putting = false;

const choice = (field) => field.type === "radio" || field.type === "checkbox";
const fields = () => [...screen.form().elements].filter((one) => one.name && one.tagName !== "BUTTON" && !NOT_OURS.includes(one.name));
const take = () => fields().map((one) => [one.name, choice(one) ? one.checked : one.value]);
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Another task is on the screen: nothing has been done on it yet. */
export function start() {
  [past, future, present] = [[], [], take()];
  last = { field: null, at: 0 };
  show();
}

/** Something was typed or chosen in a field. */
export function note(field) {
  if (putting) return;
  const next = take();
  if (same(next, present)) return;
  const goesOn = last.field === field && !choice(field) && field.type !== "hidden" && Date.now() - last.at < PAUSE;
  if (!goesOn) past.push(present);
  [present, future, last] = [next, [], { field, at: Date.now() }];
  show();
}

export const undo = () => step(past, future, "undone", "nothingToUndo");
export const redo = () => step(future, past, "redone", "nothingToRedo");

function step(from, to, name, nothing) {
  const values = from.pop();
  if (!values) return screen.say(nothing);
  to.push(present);
  put(values);
  [present, last] = [values, { field: null, at: 0 }];
  show();
  screen.say(name);
}

/** Put values back, and tell whoever draws something from a field. */
function put(values) {
  const waiting = {};
  for (const [name, value] of values) (waiting[name] ??= []).push(value);
  const changed = [];
  for (const one of fields()) {
    const value = waiting[one.name]?.shift();
    if (value === undefined || value === (choice(one) ? one.checked : one.value)) continue;
    if (choice(one)) one.checked = value;
    else one.value = value;
    changed.push(one);
  }
  putting = true;
  for (const one of changed) one.dispatchEvent(new Event("input", { bubbles: true }));
  putting = false;
  screen.refresh();
}

function show() {
  for (const [name, steps] of [["undo", past], ["redo", future]]) {
    const button = document.querySelector(`#work [data-do=${name}]`);
    if (button) button.disabled = !steps.length;
  }
}
