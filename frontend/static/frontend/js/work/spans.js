// Marking places in texts: <mark-spans>. What is marked is in its hidden field, in code points; what is drawn follows from that.

import { measured } from "./codepoints.js";
import { draw } from "./spans/draw.js";
import { followed } from "./spans/follow.js";
import { Panel } from "./spans/panel.js";
import { Reading, selected } from "./spans/reading.js";
import { composing, plainKey, Stored } from "./stored.js";

const UNIT = "code point";
const nameOf = (place, span) => `${place}:${span.start}-${span.end}:${span.label}`;

class MarkSpans extends Stored {
  begin() {
    this.palette = this.querySelector(".palette");
    this.bar = this.querySelector(".floating");
    this.labels = new Map(
      [...this.palette.children].map((one) => [one.dataset.label, { words: one.dataset.words, hue: one.className.slice(4) }]),
    );
    this.panel = new Panel(this);
    this.readings = new Map();
    this.chosen = null; // the name of the place that is selected
    this.selection = null; // {text, from, to} in units
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("mousedown", (event) => event.target.closest(".palette, .floating") && event.preventDefault());
    this.addEventListener("click", (event) => this.click(event));
    this.addEventListener("focusin", (event) => this.focused(event.target));
    this.addEventListener("focusout", (event) => event.target.matches(".text") && this.readings.get(event.target)?.show());
    this.seen = () => this.isConnected && this.select();
    this.typed = (event) => this.follow(event);
    this.size = new ResizeObserver(() => this.redraw());
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener("selectionchange", this.seen);
    // Before anybody reads the form: the places change in the same moment as the text they are in.
    this.form.addEventListener("input", this.typed, true);
    this.form.addEventListener("fill", this.typed);
    for (const text of this.querySelectorAll(".texts > *")) this.size.observe(text);
    document.fonts?.ready.then(() => this.isConnected && this.redraw());
    this.select(); // somebody may have been faster than this module
  }

  disconnectedCallback() {
    document.removeEventListener("selectionchange", this.seen);
    this.size.disconnect();
  }

  get form() {
    return this.field.form;
  }

  get texts() {
    return [...this.querySelectorAll(".text[data-place]")];
  }

  textAt(place) {
    return this.texts.find((one) => one.dataset.place === place);
  }

  /** The answer as it is in the field, with every text that is on the screen. */
  get marked() {
    const texts = this.value?.texts ?? {};
    return Object.fromEntries(
      this.texts.map((text) => {
        const { place } = text.dataset;
        return [place, { length: texts[place]?.length ?? measured(text.textContent).length, spans: texts[place]?.spans ?? [] }];
      }),
    );
  }

  /** Every place as others name it, with the words it marks. */
  get named() {
    return Object.entries(this.marked).flatMap(([place, { spans }]) => spans.map((span) => this.told(place, span)));
  }

  told(place, span) {
    const text = this.textAt(place);
    const points = measured(text.textContent);
    const [from, to] = [points.unit(span.start), points.unit(span.end)];
    const { words, hue } = this.labels.get(span.label) ?? { words: span.label, hue: 0 };
    const short = span.group ? `${words} ${span.group}` : words;
    return { key: nameOf(place, span), place, span, text, from, to, words, short, hue, quote: text.textContent.slice(from, to) };
  }

  find(key) {
    return this.named.find((one) => one.key === key);
  }

  /** Write the places down, each text's in their order. */
  write(marked, quietly = false) {
    for (const one of Object.values(marked)) one.spans.sort((a, b) => a.start - b.start || b.end - a.end || (a.label < b.label ? -1 : 1));
    const groups = Object.values(marked).flatMap((one) => one.spans.map((span) => span.group));
    // One piece alone belongs to nothing.
    for (const span of Object.values(marked).flatMap((one) => one.spans)) {
      if (span.group && groups.filter((one) => one === span.group).length < 2) delete span.group;
    }
    const value = { unit: UNIT, texts: marked };
    if (quietly) this.put(value);
    else this.store(value);
    this.redraw();
  }

  redraw() {
    this.mirror();
    const here = this.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
    const all = this.named;
    if (this.chosen && !all.some((one) => one.key === this.chosen)) this.chosen = null;
    for (const text of this.texts) {
      draw(text.closest(".markable"), all.filter((one) => one.text === text), (one) => this.tag(one));
      this.reading(text).show();
    }
    // Drawing anew must not take the focus from a place.
    if (here !== undefined && !this.contains(document.activeElement)) this.toTag(here) || this.toTag(this.chosen);
    this.choose(this.chosen);
  }

  reading(text) {
    if (!this.readings.has(text)) this.readings.set(text, new Reading(text, () => this.select()));
    return this.readings.get(text);
  }

  tag(one) {
    const tag = document.createElement("button");
    tag.type = "button";
    tag.className = `marked hue-${one.hue}`;
    tag.dataset.key = one.key;
    tag.textContent = one.short;
    tag.setAttribute("aria-label", `${one.words}: “${one.quote}”`);
    return tag;
  }

  /** Select a place, all its pieces with it. */
  choose(key) {
    this.chosen = key;
    const one = key ? this.find(key) : null;
    const group = one?.span.group;
    const keys = new Set(group ? this.named.filter((other) => other.span.group === group).map((other) => other.key) : [key]);
    for (const part of this.querySelectorAll("[data-key]")) part.classList.toggle("now", keys.has(part.dataset.key));
    this.panel.show(one);
  }

  // --- selecting and marking ---

  /** The selection has changed, by whatever means. */
  select() {
    const text = this.texts.find((one) => selected(one));
    const found = text && selected(text);
    this.selection = found ? { text, ...found } : null;
    if (found) this.reading(text).adopt();
    this.panel.float(this.selection);
  }

  mark(label) {
    if (this.locked) return;
    if (!this.selection) return this.chosen && this.change((span) => (span.label = label));
    const { text, from, to } = this.selection;
    const points = measured(text.textContent);
    this.add(text, { start: points.point(from), end: points.point(to), label });
  }

  /** Mark what is selected as a further piece of the selected place. */
  join() {
    const one = this.chosen && this.find(this.chosen);
    if (!one || !this.selection || this.locked) return;
    const { text, from, to } = this.selection;
    const points = measured(text.textContent);
    const marked = this.marked;
    const known = Object.values(marked).flatMap((other) => other.spans);
    const group = one.span.group ?? Math.max(0, ...known.map((span) => span.group ?? 0)) + 1;
    marked[one.place].spans.find((span) => nameOf(one.place, span) === one.key).group = group;
    this.add(text, { ...one.span, start: points.point(from), end: points.point(to), group }, marked);
  }

  add(text, span, marked = this.marked) {
    const { place } = text.dataset;
    const { spans } = marked[place];
    if (!spans.some((one) => nameOf(place, one) === nameOf(place, span))) {
      if (Object.values(marked).flatMap((one) => one.spans).length >= Number(this.dataset.most)) return this.say("Most");
      if (!this.hasAttribute("data-overlap") && spans.some((one) => one.start < span.end && span.start < one.end)) return this.say("Overlap");
      spans.push(span);
      this.chosen = nameOf(place, span);
      this.write(marked);
    } else this.chosen = nameOf(place, span);
    const reading = this.reading(text);
    getSelection().removeAllRanges();
    reading.anchor = reading.focus = measured(text.textContent).unit(span.end);
    this.select();
    this.choose(this.chosen);
    const one = this.find(this.chosen);
    this.say("Marked", { label: one.words, text: one.quote });
    if (!this.panel.ask() && !matchMedia("(pointer: coarse)").matches) text.focus({ preventScroll: true });
    reading.show();
  }

  /** Change the selected place and its pieces. */
  change(how) {
    const one = this.chosen && this.find(this.chosen);
    if (!one || this.locked) return;
    const marked = this.marked;
    const spans = Object.entries(marked).flatMap(([place, { spans: all }]) => all.map((span) => [place, span]));
    const here = spans.find(([place, span]) => nameOf(place, span) === one.key);
    for (const [place, span] of spans) {
      const taken = new Set(spans.filter(([at, other]) => at === place && other !== span).map(([, other]) => nameOf(place, other)));
      if (span !== here[1] && !(span.group && span.group === here[1].group)) continue;
      const was = span.label;
      how(span);
      if (taken.has(nameOf(place, span))) span.label = was; // it is marked so already
    }
    this.chosen = nameOf(...here);
    this.write(marked);
  }

  remove() {
    const one = this.chosen && this.find(this.chosen);
    if (!one || this.locked) return;
    const marked = this.marked;
    const { spans } = marked[one.place];
    spans.splice(spans.findIndex((span) => nameOf(one.place, span) === one.key), 1);
    const at = this.reading(one.text);
    at.anchor = at.focus = one.from;
    one.text.focus({ preventScroll: true });
    this.chosen = null;
    this.write(marked);
    this.say("Removed", { text: one.quote });
  }

  // --- hands ---

  click(event) {
    const button = event.target.closest("button");
    if (button?.dataset.label) return this.mark(button.dataset.label);
    if (button?.matches("[data-join]")) return this.join();
    if (button?.matches("[data-remove]")) return this.remove();
    if (button?.matches(".marked")) return this.choose(button.dataset.key);
    const text = event.target.closest(".text[data-place]");
    if (!text) return;
    const reading = this.reading(text);
    reading.adopt();
    reading.show();
    if (!this.selection) this.choose(this.inside(text, reading.focus)?.key ?? null);
  }

  /** The smallest place around a unit of a text. */
  inside(text, unit) {
    const found = this.named.filter((one) => one.text === text && one.from <= unit && unit <= one.to);
    return found.sort((a, b) => a.to - a.from - (b.to - b.from))[0];
  }

  focused(target) {
    if (target.matches(".marked")) this.choose(target.dataset.key);
    if (target.matches(".text[data-place]")) this.reading(target).show();
  }

  key(event) {
    if (composing(event) || event.defaultPrevented) return;
    const target = event.target;
    const done = this.panel.key(event) || (target.matches(".text[data-place]") && this.textKey(event, target)) || (target.matches(".marked") && this.tagKey(event));
    if (done) event.preventDefault();
  }

  textKey(event, text) {
    const reading = this.reading(text);
    if (event.key === "a" && (event.ctrlKey || event.metaKey)) return (reading.go(0, false), reading.go(text.textContent.length, true), true);
    if (reading.key(event)) return true;
    if (!plainKey(event)) return false;
    if (event.key === "+" && this.selection && this.joins) return (this.join(), true);
    // A place that is not where the caret is keeps what it has.
    const meant = this.selection || this.stands(reading.focus, text);
    if (/^[1-9]$/.test(event.key)) return meant ? this.digit(event.key) : true;
    if ((event.key === "Delete" || event.key === "Backspace") && meant && !this.selection) return (this.remove(), true);
    if (event.key === "Enter" && this.selection) return (this.bar.querySelector("button")?.focus(), true);
    if (event.key === "Enter") return this.toTag(this.inside(text, reading.focus)?.key);
    if (event.key === "Escape" && this.selection) return (reading.go(reading.focus, false), true);
    return false;
  }

  /** Whether the selected place is around a unit of a text. */
  stands(unit, text) {
    const one = this.chosen && this.find(this.chosen);
    return Boolean(one) && one.text === text && one.from <= unit && unit <= one.to;
  }

  get joins() {
    return this.hasAttribute("data-grouped") && this.chosen !== null;
  }

  digit(key) {
    const button = /^[1-9]$/.test(key) && this.palette.children[Number(key) - 1];
    if (!button) return false;
    this.mark(button.dataset.label);
    return true;
  }

  toTag(key) {
    const tag = key && this.querySelector(`.marked[data-key="${CSS.escape(key)}"]`);
    tag?.focus({ preventScroll: true });
    return Boolean(tag);
  }

  tagKey(event) {
    if (!plainKey(event)) return false;
    const one = this.find(event.target.dataset.key);
    this.selection = null;
    if (event.key === "Delete" || event.key === "Backspace") return (this.choose(one.key), this.remove(), true);
    if (event.key === "Enter" || event.key === " ") return (this.choose(one.key), this.panel.ask(true) || this.palette.querySelector(`[data-label="${CSS.escape(one.span.label)}"]`).focus(), true);
    if (event.key === "Escape") return (this.back(), true);
    return this.digit(event.key);
  }

  /** Into the text of the selected place, behind it. */
  back() {
    const one = this.chosen && this.find(this.chosen);
    const text = one?.text ?? this.texts[0];
    text?.focus({ preventScroll: true });
    if (one) this.reading(text).go(one.to, false);
  }

  // --- texts that are written on the same screen ---

  /** The boxes whose texts places are marked in, by place. */
  boxes() {
    const found = new Map();
    for (const { dataset } of this.querySelectorAll("[data-follows]")) {
      const [, name, nth] = dataset.follows.split(".");
      const ask = this.form.querySelector(`[data-ask="${CSS.escape(name)}"]`);
      const all = [...(ask?.querySelectorAll("textarea:not(:disabled)") ?? [])];
      if (ask?.matches(":disabled")) continue;
      all.forEach((box, at) => {
        if (nth !== undefined && Number(nth) !== at) return;
        if (ask.matches(".turns")) found.set(`answers.${name}.${at}`, box);
        else if (box.value) found.set(dataset.follows, box);
      });
    }
    return found;
  }

  /** Show the texts of the boxes as they are now. */
  mirror() {
    const boxes = this.boxes();
    for (const text of this.querySelectorAll("[data-follows] .text")) {
      if (!boxes.has(text.dataset.place)) text.closest(".markable").remove();
    }
    for (const [place, box] of boxes) {
      const text = this.textAt(place) ?? this.mirrored(place, box);
      if (text.textContent !== box.value) text.textContent = box.value;
      text.dataset.empty = box.value ? "" : this.dataset.wordEmpty;
    }
  }

  mirrored(place, box) {
    const [markable, text] = [document.createElement("div"), document.createElement("div")];
    markable.className = "markable";
    text.className = "text";
    const said = box.getAttribute("aria-label") ?? "";
    const facts = { role: "textbox", "aria-readonly": "true", "aria-multiline": "true", tabindex: "0", "aria-label": said };
    for (const [name, value] of Object.entries(facts)) text.setAttribute(name, value);
    Object.assign(text.dataset, { place });
    text.lang = box.lang;
    text.dir = box.dir || "auto";
    markable.append(text);
    const name = place.split(".").slice(0, 2).join(".");
    this.querySelector(`[data-follows="${CSS.escape(place)}"], [data-follows="${CSS.escape(name)}"]`).append(markable);
    this.size.observe(markable);
    return text;
  }

  /** A text was typed, or set from outside: its places go with it, before anybody reads the form. */
  follow(event) {
    const name = event.target.closest?.("[data-ask]")?.dataset.ask;
    if (!this.querySelector(`[data-follows^="answers.${CSS.escape(name ?? "")}"]`) || event.target === this.field) return;
    const marked = this.marked;
    const boxes = this.boxes();
    let stands = event.type === "fill";
    for (const text of this.querySelectorAll("[data-follows] .text")) {
      const { place } = text.dataset;
      const now = boxes.get(place)?.value ?? "";
      if (now === text.textContent || (event.type === "fill" && marked[place].length === measured(now).length)) continue;
      stands = false;
      const { kept, lost } = followed(text.textContent, now, marked[place].spans, text.lang);
      if (lost.length) this.say("Changed", { text: this.told(place, lost[0]).quote });
      marked[place] = { length: measured(now).length, spans: kept };
    }
    this.mirror();
    if (stands) return this.redraw();
    this.write(Object.fromEntries(Object.entries(this.marked).map(([place, one]) => [place, marked[place] ?? one])), true);
  }
}

customElements.define("mark-spans", MarkSpans);
