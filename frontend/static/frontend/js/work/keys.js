// Keys of the work screen. A key that an input method is composing with, or that types something, is never taken.

/** Whether the key belongs to an input method: 229 is what browsers say while it decides. */
const composing = (event) => event.isComposing || event.keyCode === 229;

const typingIn = (element) =>
  element instanceof HTMLTextAreaElement ||
  element instanceof HTMLSelectElement ||
  (element instanceof HTMLInputElement && !["radio", "checkbox", "button", "submit"].includes(element.type));

const digits = Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => [number, String(number)]));
const chosen = JSON.parse(document.getElementById("work").dataset.keys);
const names = { ...digits, ...Object.fromEntries(Object.entries(chosen).map(([name, key]) => [key, name])) };
const latin = /^[\p{Script=Latin}\p{N}\p{P}\p{S}]$/u;
const mac = /^Mac/.test(navigator.platform);

/** What a key means. On a keyboard of another script the key in the place of the Latin letter means the same. */
function meaning(event) {
  const key = event.key.toLowerCase();
  if (key in names) return names[key];
  // Where Alt makes characters (¡ on a Mac), event.key is that character: it is typed, not taken.
  if ([...key].length !== 1 || latin.test(key) || (event.altKey && mac)) return undefined;
  return names[event.code.replace(/^Key/, "").toLowerCase()];
}

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
    const name = meaning(event);
    if (name && (event.altKey || !typingIn(event.target))) act(event, name);
  });
}
