// What becomes of marked places when the text they are in is typed over.

import { after, before, graphemes, measured } from "../codepoints.js";

/**
 * The places as they are in the new text, and those that are lost: a place is kept where it ends in text that stayed,
 * also when something inside of it changed; an edit across its edge takes it away.
 */
export function followed(old, now, spans, lang) {
  const [a, b] = [Array.from(old), Array.from(now)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const [from, to, moved] = [head, a.length - tail, b.length - a.length];
  const [edges, points] = [graphemes(now, lang), measured(now)];
  const kept = [];
  const lost = [];
  for (const span of spans) {
    const start = span.start >= to ? span.start + moved : span.start <= from ? span.start : -1;
    const end = span.end <= from ? span.end : span.end >= to ? span.end + moved : -1;
    if (start < 0 || end <= start) lost.push(span);
    else {
      // A mark that was typed behind a letter belongs to the letter.
      const whole = [points.point(before(edges, points.unit(start))), points.point(after(edges, points.unit(end)))];
      kept.push({ ...span, start: whole[0], end: whole[1] });
    }
  }
  return { kept, lost };
}
