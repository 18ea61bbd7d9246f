// Nothing typed is lost: kept in this browser at every change, on the server at every pause.

import { forget, keep, recall } from "./kept.js";
import { post } from "./post.js";
import * as screen from "./screen.js";
import { fetchNext, sending, tellTabs } from "./sending.js";

const PAUSE = 1500;
let timer = 0;
let changes = 0;

/** Something was typed or chosen. */
export function changed() {
  const assignment = screen.current();
  changes += 1;
  const fields = screen.fields();
  if (!keep("draft", assignment, { fields, saved: false })) screen.tell(screen.word("full"), { tone: "warning" });
  tellTabs({ assignment, fields });
  screen.state("");
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE);
}

/** Bring back what this browser kept and the server may not have. */
export function restore() {
  clearTimeout(timer);
  const kept = recall("draft", screen.current());
  if (kept && !kept.saved && screen.fill(kept.fields)) {
    screen.state(screen.word("restored"));
    timer = setTimeout(save, PAUSE);
  }
}

/** Another tab of the same person wrote: show it here, but never under somebody's hands. */
export function follow(fields) {
  if (!document.hasFocus() && !sending()) screen.fill(fields);
}

/** Save on the server what was typed last. */
export async function save({ leaving = false } = {}) {
  clearTimeout(timer);
  const assignment = screen.current();
  if (screen.changing()) return screen.state(screen.word("kept"));
  if (!assignment || sending() || recall("draft", assignment)?.saved !== false) return;
  const upTo = changes;
  const fields = screen.fields();
  const { status, data } = await post(screen.url, screen.body("save"), { keepalive: leaving });
  if (assignment !== screen.current() || sending()) return;
  if (status === 200 && data) {
    if (upTo === changes) keep("draft", assignment, { fields, saved: true });
    screen.state(screen.word("saved"));
  } else if (status === 401) {
    screen.tell(screen.word("signedOut"), { tone: "warning", signIn: true });
  } else if (status === 409 || status === 404) {
    screen.tell(data?.error?.message ?? screen.word("stale"), { tone: "warning", go: () => fetchNext("next") });
  } else {
    screen.state(screen.word("kept"));
  }
}

export const drop = (assignment) => forget("draft", assignment);
