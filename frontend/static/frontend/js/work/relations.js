// How marked places are related: <mark-relations>. It follows the places of the <mark-spans> whose name it says.

import { filled, Stored } from "./stored.js";

class MarkRelations extends Stored {
  begin() {
    this.list = this.querySelector(".related");
    [this.head, this.type, this.tail] = this.querySelectorAll("select");
    this.types = [...this.type.options].map((one) => ({
      value: one.value, words: one.textContent, heads: split(one.dataset.heads), tails: split(one.dataset.tails),
    }));
    this.last = new Map();
    this.addEventListener("click", (event) => this.click(event));
    this.addEventListener("change", () => this.offer());
    this.field.form.addEventListener("input", (event) => event.target !== this.field && this.isConnected && this.follow());
    this.field.form.addEventListener("fill", (event) => event.target !== this.field && this.isConnected && this.redraw());
    // The other element may still be on its way.
    customElements.whenDefined("mark-spans").then(() => this.redraw());
  }

  get spans() {
    const ask = this.field.form.querySelector(`[data-ask="${CSS.escape(this.dataset.spans)}"]`);
    return new Map((ask?.querySelector("mark-spans")?.named ?? []).map((one) => [one.key, one]));
  }

  redraw() {
    const spans = this.spans;
    this.last = spans;
    this.list.replaceChildren(...(this.value ?? []).map((one, at) => this.line(one, at, spans)));
    this.offer(spans);
  }

  line(one, at, spans) {
    const line = document.createElement("li");
    const remove = document.createElement("button");
    const type = document.createElement("span");
    type.className = "type";
    type.textContent = this.types.find((known) => known.value === one.type)?.words ?? one.type;
    line.append(this.end(one.head, spans), type, this.end(one.tail, spans), remove);
    remove.type = "button";
    remove.className = "bare";
    remove.textContent = "✕";
    remove.dataset.at = at;
    remove.setAttribute("aria-label", filled(this.dataset.wordRemove, { text: said(one, spans, this.types) }));
    return line;
  }

  end(key, spans) {
    const found = spans.get(key);
    const place = document.createElement("bdi");
    place.className = `end hue-${found?.hue ?? 0}`;
    place.textContent = found?.quote ?? key;
    if (found) [place.lang, place.title] = [found.text.lang, found.words];
    return place;
  }

  /** What can be chosen: a type, and the places it may begin and end at. */
  offer(spans = this.spans) {
    const all = [...spans.values()];
    const type = this.types.find((one) => one.value === this.type.value);
    options(this.head, all.filter((one) => !type.heads.length || type.heads.includes(one.span.label)));
    options(this.tail, all.filter((one) => (!type.tails.length || type.tails.includes(one.span.label)) && one.key !== this.head.value));
    this.querySelector("[data-add]").disabled = !this.head.value || !this.tail.value;
    const few = all.length < 2 && !(this.value ?? []).length;
    if (few) this.say("None");
    else if (this.querySelector("[role=status]").textContent === this.dataset.wordNone) this.say("");
  }

  click(event) {
    const button = event.target.closest("button");
    if (!button || this.locked) return;
    const there = this.value ?? [];
    if (button.dataset.at !== undefined) {
      this.store(there.filter((_one, at) => at !== Number(button.dataset.at)));
      this.redraw();
      return (this.list.querySelector("button") ?? this.head).focus();
    }
    const one = { head: this.head.value, type: this.type.value, tail: this.tail.value };
    if (one.head === one.tail) return this.say("Self");
    if (there.some((other) => other.head === one.head && other.type === one.type && other.tail === one.tail)) return this.say("Twice");
    this.say("");
    this.store([...there, one]);
    this.redraw();
    this.head.focus();
  }

  /** The places have changed: a relation goes with a place that was moved or has another label, and is dropped with one that is gone. */
  follow() {
    const [before, now] = [this.last, this.spans];
    if ([...before.keys()].join() === [...now.keys()].join()) return;
    const gone = [...before.values()].filter((one) => !now.has(one.key));
    const come = [...now.values()].filter((one) => !before.has(one.key));
    // One went and one came: it is the same place under another name.
    const renamed = new Map(gone.map((one) => [one.key, come.find((other) => other.place === one.place && (other.span.start === one.span.start || other.quote === one.quote))?.key]));
    const there = this.value ?? [];
    const kept = there
      .map((one) => ({ ...one, head: renamed.get(one.head) ?? one.head, tail: renamed.get(one.tail) ?? one.tail }))
      .filter((one) => now.has(one.head) && now.has(one.tail));
    const lost = there.find((one) => [one.head, one.tail].some((key) => before.has(key) && !now.has(renamed.get(key) ?? key)));
    if (JSON.stringify(kept) !== JSON.stringify(there)) this.store(kept);
    if (lost) this.say("Dropped", { text: said(lost, before, this.types) });
    this.redraw();
    if (lost) this.say("Dropped", { text: said(lost, before, this.types) });
  }
}

const split = (text) => text.split(" ").filter(Boolean);

const said = (one, spans, types) =>
  [spans.get(one.head)?.quote, types.find((type) => type.value === one.type)?.words, spans.get(one.tail)?.quote].join(" ");

/** Offer places in a list, and keep the one that is chosen. */
function options(select, all) {
  const chosen = select.value;
  select.replaceChildren(...all.map((one) => new Option(`${one.quote} (${one.short})`, one.key, false, one.key === chosen)));
}

customElements.define("mark-relations", MarkRelations);
