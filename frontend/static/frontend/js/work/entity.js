// Finding the record that is meant: <find-entity>, a combobox over the dataset's terminology.

import { get } from "./post.js";
import { composing, plainKey, Stored } from "./stored.js";

const NIL = "NIL";
const PAUSE = 150;

class FindEntity extends Stored {
  begin() {
    this.box = this.querySelector("[role=combobox]");
    this.list = this.querySelector("[role=listbox]");
    this.picked = this.querySelector(".picked");
    this.nil = this.querySelector("[data-nil]");
    this.known = new Map();
    this.found = [];
    this.box.addEventListener("input", () => this.typed());
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.pick(event.target.closest("[role=option]")));
    this.nil?.addEventListener("click", () => !this.locked && this.settle(this.value === NIL ? null : NIL));
  }

  /** The answer is a plain text. */
  get value() {
    return this.field.value || null;
  }

  put(value) {
    this.field.value = value ?? "";
  }

  async redraw() {
    const key = this.value;
    this.nil?.setAttribute("aria-pressed", key === NIL);
    this.picked.replaceChildren();
    if (key === NIL) this.picked.textContent = this.dataset.wordNil;
    if (!key || key === NIL) return;
    if (!this.known.has(key)) {
      const { data } = await get(`${this.dataset.url}?key=${encodeURIComponent(key)}`);
      this.known.set(key, data?.found?.[0] ?? { key, text: key, more: "", lang: "", dir: "auto" });
      if (this.value !== key) return;
    }
    this.picked.replaceChildren(...words(this.known.get(key)));
  }

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PAUSE);
  }

  async look() {
    const asked = this.box.value.trim();
    if (!asked) return this.close();
    const { status, data } = await get(`${this.dataset.url}?q=${encodeURIComponent(asked)}`);
    if (asked !== this.box.value.trim()) return;
    this.offer(status === 200 ? data.found : []);
    if (status !== 200) this.say("Failed");
    else if (!this.found.length) this.say("None");
    else this.say("Found", { count: this.found.length });
    const none = document.createElement("li");
    none.className = "none";
    none.textContent = this.querySelector("[role=status]").textContent;
    if (!this.found.length) this.list.replaceChildren(none);
  }

  offer(found) {
    this.found = found;
    for (const one of found) this.known.set(one.key, one);
    this.list.replaceChildren(
      ...found.map((one, at) => {
        const option = document.createElement("li");
        option.id = `${this.list.id}-${at}`;
        option.setAttribute("role", "option");
        option.dataset.key = one.key;
        option.append(...words(one));
        return option;
      }),
    );
    this.list.hidden = false;
    this.box.setAttribute("aria-expanded", "true");
    this.point(found.length ? 0 : -1);
  }

  point(at) {
    this.at = at;
    [...this.list.children].forEach((one, nth) => one.setAttribute("aria-selected", nth === at));
    const option = at < 0 ? null : this.list.children[at];
    option?.scrollIntoView({ block: "nearest" });
    if (option?.id) this.box.setAttribute("aria-activedescendant", option.id);
    else this.box.removeAttribute("aria-activedescendant");
  }

  close() {
    this.list.hidden = true;
    this.box.setAttribute("aria-expanded", "false");
    this.box.removeAttribute("aria-activedescendant");
  }

  pick(option) {
    if (option && !this.locked) this.settle(option.dataset.key);
  }

  settle(key) {
    this.box.value = "";
    this.close();
    this.store(key);
    this.redraw();
  }

  key(event) {
    if (composing(event) || !plainKey(event)) return;
    const open = !this.list.hidden && this.found.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (open && step) this.point((this.at + step + this.found.length) % this.found.length);
    else if (step === 1) this.look();
    else if (event.key === "Enter") open && this.pick(this.list.children[this.at]);
    else if (event.key === "Escape" && !this.list.hidden) this.close();
    else return;
    event.preventDefault();
  }
}

/** A record's name in its language, and what else is known of it. */
function words(one) {
  const [name, more, key] = [document.createElement("bdi"), document.createElement("span"), document.createElement("code")];
  name.className = "text";
  [name.textContent, name.lang, name.dir] = [one.text, one.lang, one.dir];
  [more.textContent, more.className] = [one.more, "faint"];
  key.textContent = one.key;
  return [name, more, key];
}

customElements.define("find-entity", FindEntity);
