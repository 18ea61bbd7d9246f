// The work screen: keys, drafts, the lease, and the way from one task to the next without loading a page.

import { refresh as refreshAsks, slide } from "./work/asking.js";
import { changed, drop, follow, restore, save } from "./work/drafting.js";
import { searchable } from "./work/drawer.js";
import { expectHints, go as toHints } from "./work/hints.js";
import * as history from "./work/history.js";
import { listen } from "./work/keys.js";
import { unsent } from "./work/kept.js";
import { refresh as refreshMarks, toggle as toggleMarks } from "./work/marks.js";
import { post } from "./work/post.js";
import * as screen from "./work/screen.js";
import { begin, put, send, sending } from "./work/sending.js";

const root = document.getElementById("work");
let beat = 0;

/** A task has come onto the screen. */
function arrive() {
  clearInterval(beat);
  if (!screen.form()) return settle();
  restore();
  screen.refresh();
  refreshMarks(root);
  history.start();
  settle();
  expectHints();
  if (sending()) screen.lock(true);
  const lease = Number(screen.task().dataset.leaseMinutes) * 60;
  beat = setInterval(stay, 1000 * Math.min(120, Math.max(15, lease / 3)));
}

/** On a slow line the person may be faster than this script: where they already are, they stay. */
function settle() {
  if (!root.contains(document.activeElement)) screen.focusEditor();
}

/** While the page is looked at, the task stays this person's. */
async function stay() {
  if (document.hidden || !screen.form() || sending() || screen.changing()) return;
  const assignment = screen.current();
  const { status, data } = await post(screen.url, new URLSearchParams({ do: "stay", assignment }));
  if (assignment !== screen.current() || sending()) return;
  if (status === 401) screen.tell(screen.word("signedOut"), { tone: "warning", signIn: true });
  if (status === 403 || status === 409) screen.tell(data?.error?.message ?? screen.word("stale"), { tone: "warning" });
}

async function skip(form) {
  const assignment = screen.current();
  const body = new URLSearchParams(new FormData(form));
  body.set("do", "skip");
  const { status, data } = await post(screen.url, body);
  if (status === 200 && data) {
    drop(assignment);
    return put(data.html, "skipped");
  }
  failed(status, data);
}

/** Send what was said about the task; the answer stays as it is. */
async function comment() {
  const assignment = screen.current();
  const { status, data } = await post(screen.url, screen.body("comment"));
  if (status !== 200 || !data) return failed(status, data);
  if (assignment !== screen.current()) return;
  const said = new DOMParser().parseFromString(data.html, "text/html").body;
  root.querySelector("[data-comments]").replaceChildren(...said.childNodes);
  screen.form().elements.remark.value = "";
  changed();
}

function failed(status, data) {
  screen.tell(data?.error?.message ?? screen.word(status === 401 ? "signedOut" : "waiting"), {
    tone: "warning",
    signIn: status === 401,
  });
}

const LEAVES = ["give_back", "take_batch", "give_back_batch"];

root.addEventListener("submit", (event) => {
  const means = event.submitter?.value;
  if (LEAVES.includes(means)) return;
  event.preventDefault();
  if (means === "skip") skip(event.target);
  else if (means === "comment") comment();
  else send();
});

root.addEventListener("input", (event) => {
  if (!event.target.form || event.target.form !== screen.form()) return;
  if (event.target.matches("[data-slides]")) return slide(event.target);
  if (event.target.matches(".box")) screen.refreshBox(event.target);
  screen.refreshVerdict();
  refreshAsks(root);
  refreshMarks(root);
  history.note(event.target);
  changed();
});

root.addEventListener("click", (event) => {
  if (event.target.matches("[data-slides][data-untouched]")) slide(event.target);
  if (event.target.closest("[data-marks]")) toggleMarks(root);
  const does = event.target.closest("[data-do]")?.dataset.do;
  if (does) unlessSending(history[does]);
});

/** An answer that is on its way stays as it is. */
function unlessSending(step) {
  if (!screen.form() || sending()) return false;
  if (!step()) return;
  refreshMarks(root);
  changed();
}

root.addEventListener("paste", (event) => {
  const counted = event.target.form === screen.form() && screen.form()?.elements.pastes;
  if (counted) counted.value = Number(counted.value) + 1;
});

/** Open one of the leaves beside the buttons and go into it; a second time closes it. */
function leaf(id) {
  const details = root.querySelector(`#${id}`);
  if (!details) return false;
  details.open = !details.open;
  if (details.open) (details.querySelector("textarea, input:not([type=hidden])") ?? details.querySelector(".sheet")).focus();
  else screen.focusEditor();
}

/** In a row of choices a digit chooses there, elsewhere in the first row without an answer, or in the only one. */
function choose(number, event) {
  const rows = choices();
  const here = event.target.closest?.("fieldset.choice");
  const row = here ?? rows.find((one) => !one.querySelector("input:checked")) ?? (rows.length === 1 ? rows[0] : null);
  const choice = row?.querySelectorAll("input[type=radio], input[type=checkbox]")[number - 1];
  if (!choice || choice.disabled) return false;
  choice.checked = choice.type === "radio" || !choice.checked;
  choice.dispatchEvent(new Event("input", { bubbles: true }));
  choice.focus();
  if (choice.value === "own") return own();
  // Of several answers one need not be the last.
  if (choice.type === "checkbox") return;
  // What is next to be answered is where the next digit belongs; the answer may have brought it onto the screen.
  const now = choices();
  now[now.indexOf(row) + 1]?.querySelector("input:checked, input")?.focus();
}

const choices = () => [...root.querySelectorAll("fieldset.choice")].filter((one) => !one.disabled && !one.hidden);

/** None of the answers: on to writing one's own. */
function own() {
  const details = root.querySelector("details.own");
  details.open = true;
  details.querySelector(".box, input")?.focus();
}

/** Outside of the ratings a digit decides; among them it rates. */
function digit(number, event) {
  if (choices().length) return choose(number, event);
  const name = !event.altKey && event.target.closest?.(".rating") ? "rating" : "decision";
  const choice = root.querySelectorAll(`input[name=${name}]`)[number - 1];
  if (!choice || choice.disabled) return false;
  choice.checked = true;
  choice.dispatchEvent(new Event("input", { bubbles: true }));
  if (name === "rating") choice.focus();
  else if (choice.value === "accept") rating();
  else screen.form().elements.reason.focus();
}

function rating() {
  const marks = root.querySelectorAll("input[name=rating]");
  if (!marks.length) return false;
  ([...marks].find((one) => one.checked) ?? marks[0]).focus();
}

function leave() {
  const open = root.querySelector("details.drawer[open], details.pop[open]");
  if (open) open.open = false;
  if (open) return screen.focusEditor();
  if (!root.contains(document.activeElement)) return false;
  document.activeElement.blur();
}

listen({
  submit: () => screen.form()?.requestSubmit(root.querySelector("button[value=submit]")),
  guideline: () => leaf("guideline"),
  keys: () => leaf("keys"),
  flag: () => leaf("flag"),
  skip: () => leaf("skip"),
  comment: () => leaf("comments"),
  edit: () => (root.querySelector(".box") ? root.querySelector(".box").focus() : false),
  rating,
  marks: () => toggleMarks(root),
  leave,
  hints: toHints,
  mine: () => root.querySelector(".mine")?.click() ?? false,
  undo: () => unlessSending(history.undo),
  redo: () => unlessSending(history.redo),
  ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => [number, (event) => digit(number, event)])),
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) save({ leaving: true });
  else stay();
});
addEventListener("offline", () => screen.tell(screen.word("offline"), { tone: "warning" }));
addEventListener("online", () => screen.hush());
const warn = (event) => {
  if (unsent().length) event.preventDefault();
};
addEventListener("beforeunload", warn);
screen.onSignIn(() => removeEventListener("beforeunload", warn));

searchable();
begin(arrive, { onDraft: follow });
arrive();
