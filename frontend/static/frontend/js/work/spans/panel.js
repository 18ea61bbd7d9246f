// What surrounds the texts of <mark-spans>: the bar of labels at a selection, and what is said about the selected place.

import { filled, plainKey } from "../stored.js";

export class Panel {
  constructor(element) {
    this.element = element;
    this.hint = element.querySelector(".hint");
    this.chosen = element.querySelector(".chosen");
    this.attributes = [...element.querySelectorAll("[data-attribute]")];
    for (const row of this.attributes) row.addEventListener("change", (event) => this.set(row, event.target.value));
    for (const button of element.palette.children) this.bar.append(button.cloneNode(true));
  }

  get bar() {
    return this.element.bar;
  }

  /** What is known about a place; for null the hint, in the same room. */
  show(one) {
    this.hint.classList.toggle("away", Boolean(one));
    this.chosen.hidden = false;
    this.chosen.classList.toggle("away", !one);
    this.chosen.inert = !one;
    if (!one) return;
    const [label, quote] = this.chosen.querySelector(".what").children;
    label.textContent = one.short;
    label.className = `hue-${one.hue}`;
    quote.textContent = one.quote;
    quote.lang = one.text.lang;
    quote.dir = getComputedStyle(one.text).direction;
    for (const row of this.attributes) {
      const value = one.span.attributes?.[row.dataset.attribute];
      for (const choice of row.querySelectorAll("input")) choice.checked = choice.value === value;
    }
  }

  set(row, value) {
    this.element.change((span) => (span.attributes = { ...span.attributes, [row.dataset.attribute]: value }));
  }

  /** Go to the first attribute that is open, or to the first; false when there are none. */
  ask(any = false) {
    const row = this.attributes.find((one) => !one.querySelector("input:checked")) ?? (any ? this.attributes[0] : null);
    (row?.querySelector("input:checked") ?? row?.querySelector("input"))?.focus({ preventScroll: true });
    return Boolean(row);
  }

  /** Show the labels at the selection, or put them away. */
  float(selection) {
    const { bar, element } = this;
    if (!selection || element.locked) return void (bar.hidden = true);
    const join = bar.querySelector("[data-join]");
    // Made anew only for another place: it may have the focus.
    if (join?.dataset.join !== (element.joins ? element.chosen : undefined)) {
      join?.remove();
      if (element.joins) bar.prepend(this.joining());
    }
    bar.hidden = false;
    const rects = getSelection().rangeCount ? [...getSelection().getRangeAt(0).getClientRects()].filter((one) => one.width) : [];
    const last = rects.at(-1);
    if (!last) return;
    const origin = element.getBoundingClientRect();
    const room = matchMedia("(pointer: coarse)").matches ? 34 : 10; // a finger's handles hang below the text
    bar.style.top = `${last.bottom - origin.top + room}px`;
    bar.style.left = `${Math.max(0, Math.min(last.left - origin.left, origin.width - bar.offsetWidth))}px`;
  }

  joining() {
    const { element } = this;
    const [button, key] = [document.createElement("button"), document.createElement("kbd")];
    button.type = "button";
    button.dataset.join = element.chosen;
    key.textContent = "+";
    button.append(`${filled(element.dataset.wordMore, { text: element.find(element.chosen).quote.slice(0, 20) })} `, key);
    return button;
  }

  /** Keys in the bar, the palette and the attributes; false for all others. */
  key(event) {
    const { target } = event;
    if (!plainKey(event)) return false;
    if (target.closest(".floating, .palette")) return this.among(event, [...target.parentElement.children]);
    const row = target.closest("[data-attribute]");
    if (!row && !target.closest(".panel")) return false;
    if (event.key === "Escape") return (this.element.back(), true);
    if (!row) return false;
    const choice = /^[1-9]$/.test(event.key) && row.querySelectorAll("input")[Number(event.key) - 1];
    if (choice) {
      choice.checked = true;
      this.set(row, choice.value);
    } else if (event.key !== "Enter") return false;
    const next = this.attributes[this.attributes.indexOf(row) + 1];
    if (next) (next.querySelector("input:checked") ?? next.querySelector("input")).focus();
    else this.element.back();
    return true;
  }

  among(event, buttons) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") return (this.element.back(), true);
    if (!step) return /^[1-9]$/.test(event.key) && this.element.digit(event.key);
    const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
    const way = sideways && getComputedStyle(this.bar).direction === "rtl" ? -step : step;
    buttons[(buttons.indexOf(event.target) + way + buttons.length) % buttons.length].focus();
    return true;
  }
}
