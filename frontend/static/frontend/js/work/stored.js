// What the elements share that keep an answer as JSON in a hidden field: one way in, one way out.

/** `{name}` in a sentence of the page replaced by its value. */
export const filled = (words, values) => words.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

/**
 * An element around a hidden field. The field's value is the whole state: `store` is the only way it changes from here,
 * and whoever sets it from outside says so by a `fill` event, after which `redraw` shows what it holds.
 */
export class Stored extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("input[type=hidden]");
    this.addEventListener("fill", () => this.redraw());
    this.begin();
    this.redraw();
  }

  /** The answer; null for none, and for what no element wrote. */
  get value() {
    try {
      return JSON.parse(this.field.value || "null");
    } catch {
      return null;
    }
  }

  /** Whether the answer is on its way and nothing of it may change. */
  get locked() {
    return this.closest("[aria-busy=true]") !== null || this.field.disabled || this.closest("fieldset:disabled") !== null;
  }

  store(value) {
    this.put(value);
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** As `store`, within an event that tells of the change already. */
  put(value) {
    this.field.value = value === null ? "" : JSON.stringify(value);
  }

  /** Say a sentence of the page, where it is seen and heard. */
  say(name, values = {}) {
    const place = this.querySelector("[role=status]");
    place.dataset.said = name;
    place.textContent = name ? filled(this.dataset[`word${name}`], values) : "";
  }
}

/** Whether a key belongs to an input method. */
export const composing = (event) => event.isComposing || event.keyCode === 229;

export const plainKey = (event) => !event.ctrlKey && !event.metaKey && !event.altKey;
