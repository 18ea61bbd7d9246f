// Searching in the guideline: matches are marked where they stand, and Enter goes from one to the next.

const root = document.getElementById("work");
let found = [];
let at = -1;

/** Listen to the search of whatever guideline is on the screen. */
export function searchable() {
  root.addEventListener("input", (event) => {
    if (event.target.matches("[data-search]")) look(event.target);
  });
  root.addEventListener("keydown", (event) => {
    const goes = event.key === "Enter" && !event.isComposing && !event.ctrlKey && !event.metaKey;
    if (!goes || !event.target.matches("[data-search]")) return;
    event.preventDefault();
    show(event.target, at + (event.shiftKey ? -1 : 1));
  });
}

function look(search) {
  found = matches(search.closest(".sheet"), search.value.trim().toLocaleLowerCase());
  mark("found", found);
  at = -1;
  show(search, 0);
}

/** Where a text occurs in what is read there, capitals or not. */
function matches(sheet, text) {
  const places = [];
  const walker = document.createTreeWalker(sheet, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest("[data-searched]") ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT,
  );
  while (text && walker.nextNode()) {
    const node = walker.currentNode;
    const lower = node.data.toLocaleLowerCase();
    // Where small letters are longer than capitals the places would be wrong: there only what is written so is found.
    const within = lower.length === node.data.length ? lower : node.data;
    for (let from = within.indexOf(text); from >= 0; from = within.indexOf(text, from + text.length)) {
      const range = document.createRange();
      range.setStart(node, from);
      range.setEnd(node, from + text.length);
      places.push(range);
    }
  }
  return places;
}

function show(search, next) {
  const said = search.closest(".sheet").querySelector("[data-found]");
  if (!found.length) return (said.textContent = search.value.trim() ? said.dataset.none : "");
  at = (next + found.length) % found.length;
  mark("found-here", [found[at]]);
  found[at].startContainer.parentElement.scrollIntoView({ block: "center" });
  said.textContent = `${at + 1} / ${found.length}`;
}

/** Marks change nothing of the text; a browser that cannot paint them still goes to the places. */
function mark(name, ranges) {
  if ("highlights" in CSS) CSS.highlights.set(name, new Highlight(...ranges));
}
