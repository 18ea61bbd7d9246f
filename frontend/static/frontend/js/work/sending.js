// Bringing an answer to the server: kept in this browser and sent with the same key until the server has it.

import { forget, keep, unsent } from "./kept.js";
import { get, post } from "./post.js";
import * as screen from "./screen.js";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;
const tabs = "BroadcastChannel" in window ? new BroadcastChannel(`dragoman:${document.getElementById("work").dataset.person}`) : null;
let onWay = false;
let wait = FIRST_WAIT;
let timer = 0;
let arrive = () => {};

export const sending = () => onWay || unsent().some((one) => one.assignment === screen.current());
export const tellTabs = (message) => tabs?.postMessage(message);

/** Call `next` whenever another task has come onto the screen, and take what other tabs say. */
export function begin(next, { onDraft }) {
  arrive = next;
  tabs?.addEventListener("message", ({ data }) => {
    if (data.assignment !== screen.current()) return;
    if (data.fields) onDraft(data.fields);
    // Not sending(): the store may still show this tab what the other one has just taken out of it.
    else if (!onWay) fetchNext("elsewhere");
  });
  addEventListener("online", now);
  addEventListener("focus", now);
  if (unsent().length) now();
}

/** Take the answer on the screen and do not let go of it before the server has it. */
export function send() {
  if (sending()) return;
  const assignment = screen.current();
  const entry = { assignment, url: screen.url, body: screen.body("submit"), at: Date.now() };
  if (!keep("answer", assignment, entry)) screen.tell(screen.word("full"), { tone: "warning" });
  screen.lock(true);
  screen.state(screen.word("sending"));
  now();
}

/** Try now what is waiting. */
function now() {
  clearTimeout(timer);
  wait = FIRST_WAIT;
  deliver();
}

async function deliver() {
  const [entry] = unsent();
  if (!entry || onWay) return;
  onWay = true;
  if (entry.assignment === screen.current()) screen.lock(true);
  const { status, data } = await post(entry.url, entry.body);
  onWay = false;
  if (status === 200 && data) return taken(entry, data);
  if (status === 0 || status === 429 || status >= 500) return later();
  if (status === 401) return screen.tell(screen.word("signedOut"), { tone: "warning", signIn: true });
  refused(entry, status, data);
}

function later() {
  const why = navigator.onLine ? "waiting" : "offline";
  screen.tell(screen.word(why), { tone: "warning" });
  timer = setTimeout(deliver, wait);
  wait = Math.min(wait * 2, LONGEST_WAIT);
}

function taken(entry, data) {
  forget("answer", entry.assignment);
  forget("draft", entry.assignment);
  wait = FIRST_WAIT;
  tellTabs({ assignment: entry.assignment });
  screen.hush();
  if (entry.assignment === screen.current() || !screen.current()) put(data.html, "next");
  deliver();
}

/** The server will not have it, now or ever: the text stays in its boxes and in this browser. */
function refused(entry, status, data) {
  forget("answer", entry.assignment);
  const here = entry.assignment === screen.current();
  if (here) {
    screen.lock(false);
    screen.state("");
  }
  const gone = here && (status === 404 || status === 409);
  // What is said at its place need not be said again over the screen.
  const marked = here && status === 422 && screen.mark(data.error.fields);
  const text = marked ? screen.word("marked") : (data?.error?.message ?? screen.word("stale"));
  screen.tell(text, { tone: "error", go: gone ? () => fetchNext("next") : null });
  deliver();
}

/** Put the next screen in place and tell those who cannot see it. */
export function put(html, name) {
  screen.replace(html);
  screen.say(screen.current() ? name : "over");
  arrive();
}

export async function fetchNext(name) {
  const { status, data } = await get(screen.url);
  if (status === 200 && data) put(data.html, name);
  else if (status === 401) screen.tell(screen.word("signedOut"), { tone: "warning", signIn: true });
  else screen.tell(data?.error?.message ?? screen.word("waiting"), { tone: "warning", go: () => fetchNext(name) });
}
