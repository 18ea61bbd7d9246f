// What this browser keeps until the server has it: texts being written, and answers on their way.

const person = document.getElementById("work")?.dataset.person;
const place = (what, assignment) => `dragoman:${person}:${what}:${assignment}`;
const memory = new Map(); // where the browser's own store is full or forbidden

/** Keep something about an assignment; false when it is only in this page's memory. */
export function keep(what, assignment, value) {
  const name = place(what, assignment);
  memory.set(name, value);
  try {
    localStorage.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function recall(what, assignment) {
  const name = place(what, assignment);
  if (memory.has(name)) return memory.get(name);
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

export function forget(what, assignment) {
  const name = place(what, assignment);
  memory.delete(name);
  try {
    localStorage.removeItem(name);
  } catch {
    // Nothing was kept there.
  }
}

/** All of this person's answers that the server has not confirmed, oldest first. */
export function unsent() {
  const head = place("answer", "");
  const names = new Set([...memory.keys()].filter((name) => name.startsWith(head)));
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(head)) names.add(name);
  } catch {
    // No store: the memory is all there is.
  }
  const found = [...names].map((name) => recall("answer", name.slice(head.length)));
  return found.filter(Boolean).sort((one, other) => one.at - other.at);
}
