// The screen of one task: what is on it, how it changes, and where the person stands.

import { refresh as refreshAsks } from "./asking.js";
import { show as showDiff } from "./diff.js";

const root = document.getElementById("work");
const toast = document.getElementById("toast");
const words = document.getElementById("words").dataset;
const grows = CSS.supports("field-sizing: content");
const FIRST = `.ask:not([hidden]) :is(input:not([type=hidden], [data-slides]), textarea, select, [tabindex="0"]), fieldset.choice input, [data-empty]`;
const BOXES = `:is(.box, input, textarea, select):not([type=hidden], [form=nowhere], [data-slides]), [role=combobox], .text[tabindex="0"]`;
const HIDDEN = ["csrfmiddlewaretoken", "assignment", "key", "left"];

export const url = location.pathname;
export const form = () => root.querySelector("#answer");
export const current = () => root.querySelector(".task")?.dataset.assignment ?? null;
export const task = () => root.querySelector(".task");
/** Whether it is a change of an answer that was given: there is no lease to keep, and no draft on the server. */
export const changing = () => task()?.dataset.changing !== undefined;
export const word = (name) => words[name];

/** Put the next screen in place of this one; the guideline stays open if it was. */
export function replace(html) {
  const open = root.querySelector("#guideline")?.open;
  const next = new DOMParser().parseFromString(html, "text/html").body;
  root.replaceChildren(...next.childNodes);
  if (open && root.querySelector("#guideline")) root.querySelector("#guideline").open = true;
  scrollTo(0, 0);
}

/** Put the person where they write; where a keyboard would cover the screen, only when they tap. */
export function focusEditor() {
  if (matchMedia("(pointer: coarse)").matches) return;
  const boxes = [...root.querySelectorAll(".box")].filter((one) => one.checkVisibility());
  const place = boxes[0] ?? root.querySelector(FIRST);
  place?.focus({ preventScroll: true });
  if (place?.matches(".box")) place.setSelectionRange(0, 0);
}

/** What was typed and chosen, as pairs of name and value. */
export function fields() {
  return [...new FormData(form())].filter(([name]) => !HIDDEN.includes(name));
}

/** Put values back into their fields; true when that changed anything. What follows from a field hears of it by a `fill` event. */
export function fill(values) {
  const given = new Map();
  for (const [name, value] of values) given.set(name, [...(given.get(name) ?? []), value]);
  const changed = [];
  for (const [name, fields] of named()) {
    // Nothing is sent for a box that is not ticked: there, nothing given is no.
    const ticks = fields.every((one) => one.type === "radio" || one.type === "checkbox");
    if (!given.has(name) && !(ticks && !fields[0].matches(":disabled"))) continue;
    const wanted = given.get(name) ?? [];
    fields.forEach((field, at) => put(field, ticks ? wanted.includes(field.value) : wanted[at]) && changed.push(field));
  }
  for (const field of changed) field.dispatchEvent(new CustomEvent("fill", { bubbles: true }));
  refresh();
  return changed.length > 0;
}

/** The form's fields by name, in their order. */
function named() {
  const found = new Map();
  for (const field of form().elements) {
    if (field.name && field.tagName !== "BUTTON" && !HIDDEN.includes(field.name)) {
      found.set(field.name, [...(found.get(field.name) ?? []), field]);
    }
  }
  return found;
}

/** True when it made a difference. */
function put(field, value) {
  const what = typeof value === "boolean" ? "checked" : "value";
  if (value === undefined || field[what] === value) return false;
  field[what] = value;
  return true;
}

/** The whole form as the server takes it, with what the pressed button means. */
export function body(means) {
  const data = new URLSearchParams([...new FormData(form())].filter(([name]) => name !== HIDDEN[0]));
  data.set("do", means);
  return data.toString();
}

/** Bring everything that follows from the fields up to date: differences, heights, what is required. */
export function refresh() {
  root.querySelectorAll(".box").forEach(refreshBox);
  refreshVerdict();
  refreshAsks(root);
}

export function refreshBox(box) {
  const place = box.parentElement.querySelector(".change.now");
  showDiff(box, place);
  if (grows) return;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 2}px`;
}

export function refreshVerdict() {
  const decision = form()?.elements.decision?.value;
  if (decision === undefined) return;
  form().elements.reason.required = ["redo", "reject"].includes(decision);
  for (const one of root.querySelectorAll("input[name=rating]")) one.required = decision === "accept";
}

/** While an answer is on its way nothing of it changes any more: it must stay the answer its key stands for. */
export function lock(locked) {
  task()?.setAttribute("aria-busy", locked);
  for (const field of form()?.elements ?? []) {
    if (["radio", "checkbox", "range", "select-one"].includes(field.type) || field.tagName === "BUTTON") hold(field, locked);
    else field.readOnly = locked;
  }
}

/** A field that had been disabled for another reason stays so. */
function hold(field, locked) {
  if (locked && !field.disabled) field.dataset.held = "";
  if (locked || field.dataset.held !== undefined) field.disabled = locked;
  if (!locked) delete field.dataset.held;
}

/** What the server would not take, at the fields it is about; true when all of it has its place on the screen. */
export function mark(errors) {
  const left = new Set(Object.keys(errors));
  for (const place of root.querySelectorAll("[data-error]")) {
    const said = errors[place.dataset.error] ?? "";
    place.textContent = said;
    left.delete(place.dataset.error);
    const boxes = place.closest(".block, .ask, fieldset, label")?.querySelectorAll(BOXES) ?? [];
    for (const box of boxes) box.setAttribute("aria-invalid", Boolean(said));
    if (said) boxes[0]?.focus();
  }
  return left.size === 0;
}

export const say = (name) => {
  document.getElementById("said").textContent = word(name);
};
export const state = (text) => {
  const place = root.querySelector("[data-state]");
  if (place) place.textContent = text;
};

/** One message over the screen, without moving anything on it; `go` makes a button, `signIn` a link. */
export function tell(text, { tone = "", signIn = false, go = null } = {}) {
  const [message, link, button] = toast.children;
  message.textContent = text;
  toast.className = tone;
  toast.hidden = false;
  link.hidden = !signIn;
  link.href = root.dataset.signIn;
  button.hidden = !go;
  button.onclick = () => {
    hush();
    go();
  };
}

export const hush = () => {
  toast.hidden = true;
};

/** Call `then` when the person goes to sign in again: that is no leaving. */
export const onSignIn = (then) => toast.children[1].addEventListener("click", then);
