// Undo and redo of what was done on the screen: what was typed and what was chosen, step by step.

import * as screen from "./screen.js";

// Typing in one field without a pause is one step; inside of a text the browser has its own, finer undo.
const PAUSE = 1000;
let past = [];
let future = [];
let present = null;
let last = { field: null, at: 0 };

const choice = (field) => field.type === "radio" || field.type === "checkbox";
const take = () => screen.fields().filter(([name]) => name !== "pastes");
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Another task is on the screen: nothing has been done on it yet. */
export function start() {
  [past, future, present] = [[], [], take()];
  last = { field: null, at: 0 };
  show();
}

/** Something was typed or chosen in a field. */
export function note(field) {
  const next = take();
  if (same(next, present)) return;
  const goesOn = last.field === field && !choice(field) && field.type !== "hidden" && Date.now() - last.at < PAUSE;
  if (!goesOn) past.push(present);
  [present, future, last] = [next, [], { field, at: Date.now() }];
  show();
}

export const undo = () => step(past, future, "undone", "nothingToUndo");
export const redo = () => step(future, past, "redone", "nothingToRedo");

/** True when there was a step to take. */
function step(from, to, name, nothing) {
  const values = from.pop();
  if (!values) return void screen.say(nothing);
  to.push(present);
  screen.fill(values);
  [present, last] = [values, { field: null, at: 0 }];
  show();
  screen.say(name);
  return true;
}

function show() {
  for (const [name, steps] of [["undo", past], ["redo", future]]) {
    const button = document.querySelector(`#work [data-do=${name}]`);
    if (button) button.disabled = !steps.length;
  }
}
