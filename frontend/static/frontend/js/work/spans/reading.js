// A caret in a text that is read and not typed: keys move it by what people see as one character, or by word.

import { after, before, graphemes, words } from "../codepoints.js";
import { caret } from "./draw.js";

/** The selected stretch of a text in units, whole characters only; null where nothing is selected in it. */
export function selected(text) {
  const selection = getSelection();
  const node = text.firstChild;
  if (!node || !selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!range.intersectsNode(node)) return null;
  // What is selected beyond the text's ends is not of this text: where both ends are outside, it was never meant.
  if (range.startContainer !== node && range.endContainer !== node && !text.contains(range.startContainer)) return null;
  const edges = graphemes(node.data, text.lang);
  const from = range.startContainer === node ? range.startOffset : range.comparePoint(node, 0) < 0 ? node.length : 0;
  const to = range.endContainer === node ? range.endOffset : range.comparePoint(node, node.length) > 0 ? 0 : node.length;
  return to > from ? { from: before(edges, from), to: after(edges, to) } : null;
}

export class Reading {
  /** `moved` is called whenever the caret or the selection has changed. */
  constructor(text, moved) {
    this.text = text;
    this.moved = moved;
    this.anchor = this.focus = 0;
  }

  get node() {
    return this.text.firstChild;
  }

  /** Take over where the mouse or a finger left the selection. */
  adopt() {
    const selection = getSelection();
    if (!this.node || selection.focusNode !== this.node || selection.anchorNode !== this.node) return;
    const edges = graphemes(this.node.data, this.text.lang);
    this.anchor = before(edges, selection.anchorOffset);
    this.focus = before(edges, selection.focusOffset);
  }

  /** Move for an arrow key, Home or End; false when the key is none of them. */
  key(event) {
    const to = this.target(event);
    if (to === null) return false;
    this.go(to, event.shiftKey);
    return true;
  }

  target(event) {
    const [data, lang, rtl] = [this.node?.data ?? "", this.text.lang, getComputedStyle(this.text).direction === "rtl"];
    const far = event.ctrlKey || event.altKey || event.metaKey;
    if (event.key === "Home") return 0;
    if (event.key === "End") return data.length;
    if (event.key === "ArrowUp" || event.key === "ArrowDown") return this.line(event.key === "ArrowDown" ? 1 : -1);
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return null;
    const forward = (event.key === "ArrowRight") !== rtl;
    const edges = far ? wordEdges(data, lang, forward && event.shiftKey) : graphemes(data, lang);
    return forward ? (edges.find((edge) => edge > this.focus) ?? data.length) : (edges.findLast((edge) => edge < this.focus) ?? 0);
  }

  /** The place above or below. */
  line(step) {
    const range = document.createRange();
    range.setStart(this.node, this.focus);
    range.collapse(true);
    const rect = [...range.getClientRects()].at(-1);
    const height = parseFloat(getComputedStyle(this.text).lineHeight);
    const there = rect && at(rect.left, (rect.top + rect.bottom) / 2 + step * height, this.node);
    return there ?? (step > 0 ? this.node.length : 0);
  }

  go(to, extend) {
    const edges = graphemes(this.node?.data ?? "", this.text.lang);
    this.focus = before(edges, to);
    if (!extend) this.anchor = this.focus;
    if (this.node) getSelection().setBaseAndExtent(this.node, this.anchor, this.node, this.focus);
    this.moved();
    this.show();
  }

  /** The caret is seen where nothing is selected and the text has the focus. */
  show() {
    const here = document.activeElement === this.text && this.anchor === this.focus;
    caret(this.text.closest(".markable"), here ? Math.min(this.focus, this.node?.length ?? 0) : null);
  }
}

/** Where words begin, or to select to where they end. */
function wordEdges(data, lang, ends) {
  const edges = words(data, lang);
  return edges.filter((edge, at) => {
    const word = ends ? data.slice(edges[at - 1] ?? 0, edge) : data.slice(edge, edges[at + 1]);
    return /[\p{L}\p{N}]/u.test(word) || edge === data.length || edge === 0;
  });
}

function at(x, y, node) {
  const place = document.caretPositionFromPoint?.(x, y);
  if (place) return place.offsetNode === node ? place.offset : null;
  const range = document.caretRangeFromPoint?.(x, y);
  return range?.startContainer === node ? range.startOffset : null;
}
