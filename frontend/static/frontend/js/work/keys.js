// Keys of the work screen. A key that an input method is composing with, or that types something, is never taken.

/** Whether the key belongs to an input method: 229 is what browsers say while it decides. */
const composing = (event) => event.isComposing || event.keyCode === 229;

const typingIn = (element) =>
  element instanceof HTMLTextAreaElement ||
  element instanceof HTMLSelectElement ||
  (element instanceof HTMLInputElement && !["radio", "checkbox", "button", "submit"].includes(element.type));

/**
 * Call `does[name]` for the key that means `name`; a function that returns false leaves the key to the browser.
 * Single keys work outside of text fields, Alt with the same key everywhere, Ctrl or Cmd with Enter sends.
 */
export function listen(does) {
  const act = (event, name) => {
    if (does[name]?.(event) !== false) event.preventDefault();
  };
  document.addEventListener("keydown", (event) => {
    if (composing(event) || event.defaultPrevented) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.altKey) return act(event, "submit");
    if (event.key === "Escape") return act(event, "leave");
    if (event.ctrlKey || event.metaKey || event.getModifierState("AltGraph")) return;
    // Where Alt makes characters (¡ on a Mac), event.key is that character: it is typed, not taken.
    const name = { "?": "keys" }[event.key] ?? names[event.key.toLowerCase()];
    if (name && (event.altKey || !typingIn(event.target))) act(event, name);
  });
}

const names = {
  g: "guideline", f: "flag", s: "skip", c: "comment", e: "edit", r: "rating", i: "marks",
  1: "1", 2: "2", 3: "3", 4: "4", 5: "5", 6: "6", 7: "7", 8: "8", 9: "9",
}; // prettier-ignore
