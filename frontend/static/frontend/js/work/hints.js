// Terms and earlier translations beside the text: fetched once a task is there, and put where the person writes.

import { get } from "./post.js";
import * as screen from "./screen.js";

const root = document.getElementById("work");
// Whoever answers at once needs none, and is not to wait for them.
const READING = 300;
let box = null;
let timer = 0;

root.addEventListener("focusin", (event) => {
  if (event.target.matches(".box")) box = event.target;
});

root.addEventListener("click", (event) => {
  const hint = event.target.closest("[data-insert]");
  if (hint) insert(hint.dataset.insert);
});

/** Another task is there: what helps with it stands below everything, so that nothing moves when it comes. */
export function expectHints() {
  box = null;
  clearTimeout(timer);
  timer = setTimeout(fetchHints, READING);
}

async function fetchHints() {
  const assignment = screen.current();
  const place = root.querySelector("[data-hints]");
  if (!place) return;
  const { status, data } = await get(`${place.dataset.hints}?hints=${assignment}`);
  if (status !== 200 || !data || assignment !== screen.current()) return;
  place.replaceChildren(...new DOMParser().parseFromString(data.html, "text/html").body.childNodes);
}

/** To the first of them. */
export function go() {
  const first = root.querySelector("[data-insert]");
  if (!first) return false;
  first.focus();
}

function insert(text) {
  const place = box?.isConnected ? box : root.querySelector(".box");
  if (!place || place.readOnly) return;
  place.focus();
  // As if it were typed: the browser's own undo takes it back.
  if (document.execCommand("insertText", false, text)) return;
  place.setRangeText(text, place.selectionStart, place.selectionEnd, "end");
  place.dispatchEvent(new Event("input", { bubbles: true }));
}
