// The item browser: / goes to the words, one box ticks a whole page, and how many are ticked is said.

const words = document.querySelector('.browse input[name="q"]');

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea, [contenteditable]");
  if (event.key !== "/" || typing || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  words.focus();
  words.select();
});

function counted() {
  const boxes = [...document.querySelectorAll('.browsed input[name="unit"]')];
  const ticked = boxes.filter((box) => box.checked).length;
  const all = document.querySelector("[data-tick-all]");
  if (!all) return;
  all.hidden = false;
  all.checked = ticked > 0 && ticked === boxes.length;
  all.indeterminate = ticked > 0 && ticked < boxes.length;
  document.querySelector("[data-ticked]").textContent = ticked ? `(${ticked.toLocaleString(document.documentElement.lang)})` : "";
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tick-all]")) {
    for (const box of document.querySelectorAll('.browsed input[name="unit"]')) box.checked = event.target.checked;
  }
  if (event.target.matches('.browsed input[type="checkbox"]')) counted();
});
document.addEventListener("htmx:afterSwap", counted);
counted();
