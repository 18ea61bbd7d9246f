// A list of small records: <edit-rows>. Each row is a copy of its template; what is filled in is in the hidden field.

import { composing, plainKey, Stored } from "./stored.js";

class EditRows extends Stored {
  begin() {
    this.list = this.querySelector("ol");
    this.template = this.querySelector("template");
    this.addEventListener("input", (event) => event.target !== this.field && this.typed(event));
    this.addEventListener("click", (event) => this.click(event));
    this.addEventListener("keydown", (event) => this.key(event));
  }

  get entries() {
    return [...this.list.children];
  }

  /** As many rows as there are records, and as many as there must be. */
  redraw() {
    const records = this.value ?? [];
    const wanted = Math.max(records.length, Number(this.dataset.least));
    while (this.entries.length > wanted) this.list.lastChild.remove();
    while (this.entries.length < wanted) this.fresh();
    this.entries.forEach((row, at) => {
      for (const field of fieldsOf(row)) {
        const text = String(records[at]?.[field.dataset.column] ?? "");
        if (field.value !== text && (field.dataset.number === undefined || read(field) !== records[at]?.[field.dataset.column])) field.value = text;
      }
    });
    this.number();
  }

  fresh() {
    this.list.append(this.template.content.cloneNode(true));
    return this.list.lastElementChild;
  }

  number() {
    this.entries.forEach((row, at) => (row.querySelector(".nth").textContent = at + 1));
    this.querySelector("[data-add]").disabled = this.entries.length >= Number(this.dataset.most);
    for (const row of this.entries) row.querySelector("[data-remove]").disabled = this.entries.length <= Number(this.dataset.least);
  }

  typed(event) {
    event.stopPropagation();
    this.keep();
  }

  keep() {
    const records = this.entries.map((row) =>
      Object.fromEntries(fieldsOf(row).map((field) => [field.dataset.column, read(field)]).filter(([, value]) => value !== "")),
    );
    this.store(records.length ? records : null);
  }

  click(event) {
    const button = event.target.closest("button");
    if (!button || this.locked) return;
    if (button.matches("[data-add]")) this.add();
    else this.remove(button.closest("li"));
  }

  add() {
    if (this.entries.length >= Number(this.dataset.most)) return;
    fieldsOf(this.fresh())[0].focus();
    this.number();
    this.keep();
  }

  remove(row) {
    if (this.entries.length <= Number(this.dataset.least)) return;
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    this.number();
    this.keep();
    (next ? fieldsOf(next)[0] : this.querySelector("[data-add]")).focus();
  }

  key(event) {
    const row = event.target.closest("li");
    if (row && event.key === "Enter" && event.target.matches("input") && plainKey(event) && !composing(event)) {
      // In a row Enter goes on; it would send the whole answer.
      event.preventDefault();
      return fieldsOf(row)[fieldsOf(row).indexOf(event.target) + 1]?.focus();
    }
    if (!row || !event.altKey || composing(event) || this.locked) return;
    if (event.key === "Enter") this.add();
    else if (event.key === "Delete" || event.key === "Backspace") this.remove(row);
    else return;
    event.preventDefault();
  }
}

const fieldsOf = (row) => [...row.querySelectorAll("[data-column]")];

/** What a field says: a number where it is one, else the text as it was typed. */
function read(field) {
  if (field.dataset.number === undefined) return field.value;
  const text = field.value.trim().replace(",", ".").replace("٫", ".").replace("−", "-");
  return text === "" || !Number.isFinite(Number(text)) ? field.value.trim() : Number(text);
}

customElements.define("edit-rows", EditRows);
