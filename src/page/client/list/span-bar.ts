import type { AnsweredDate } from '../api/answers.ts';
import { svgElement } from '../base/element.ts';
import { dayFromIso, type Span } from '../base/span.ts';

const MIDDLE = '7'; // of a bar 14 pixels high

/**
 * The place of a date in the span on the screen, to be read beside its label: a dot is a day, a filled bar lasted from its start to its end, an outlined
 * bar is some time within; an arrow is an end still open, a dotted tail with a question mark an end nobody knows. What begins before the span, or ends
 * after it, runs a little over the edge.
 */
export function spanBar(date: AnsweredDate, span: Span): SVGSVGElement {
  const position = (day: number) => (Math.min(Math.max((day - span.from) / (span.to + 1 - span.from), 0), 1) * 100).toFixed(2);
  const start = date.earliest === undefined ? '0' : position(dayFromIso(date.earliest));
  const end = date.latest === undefined ? '100' : position(dayFromIso(date.latest) + 1);
  const bar = svgElement('svg', { class: 'bar', 'aria-hidden': 'true', focusable: 'false' });
  bar.append(line('track', '0', '100'));
  if (date.earliest !== undefined && date.earliest === date.latest) {
    bar.append(svgElement('circle', { class: 'day', cx: `${start}%`, cy: MIDDLE, r: '4' }));
  } else if (date.unknown) {
    bar.append(line('tail', start, end), ...unknownEnds(date, start, end));
  } else if (date.edtf.includes('/')) {
    bar.append(stretch('lasted', start, end), ...openEnds(date));
  } else {
    bar.append(stretch('within', start, end));
  }
  if (date.earliest !== undefined && dayFromIso(date.earliest) < span.from) bar.append(overrun('0', '-7'));
  if (date.latest !== undefined && dayFromIso(date.latest) > span.to) bar.append(overrun('100', '7'));
  return bar;
}

function line(name: string, start: string, end: string): SVGElement {
  return svgElement('line', { class: name, x1: `${start}%`, x2: `${end}%`, y1: MIDDLE, y2: MIDDLE });
}

const NARROW = 3; // percent, below which a bar is drawn in pixels, lest it vanish

function stretch(name: string, start: string, end: string): SVGElement {
  const width = Number(end) - Number(start);
  const shape = { class: name, y: '3.5', height: '7' };
  if (width >= NARROW) return svgElement('rect', { ...shape, x: `${start}%`, width: `${width.toFixed(2)}%`, rx: '1' });
  const middle = ((Number(start) + Number(end)) / 2).toFixed(2);
  return mark(middle, svgElement('rect', { ...shape, x: '-3', width: '6', rx: '1' }));
}

/** An SVG inside the bar keeps its drawing in pixels while it stands at a percentage. */
function mark(at: string, ...shapes: SVGElement[]): SVGElement {
  return svgElement('svg', { x: `${at}%`, overflow: 'visible' }, ...shapes);
}

function overrun(at: string, by: string): SVGElement {
  return mark(at, svgElement('line', { class: 'overrun', x1: '0', x2: by, y1: MIDDLE, y2: MIDDLE }));
}

function openEnds({ open }: AnsweredDate): SVGElement[] {
  const arrows = [];
  if (open === 'end' || open === 'both') arrows.push(mark('100', svgElement('path', { class: 'arrow', d: 'M-1 1l7 6-7 6z' })));
  if (open === 'start' || open === 'both') arrows.push(mark('0', svgElement('path', { class: 'arrow', d: 'M1 1l-7 6 7 6z' })));
  return arrows;
}

/** A known end stands as a post; an unknown one, as a question mark. */
function unknownEnds({ unknown }: AnsweredDate, start: string, end: string): SVGElement[] {
  const isStart = unknown === 'start';
  const known = mark(isStart ? end : start, svgElement('path', { class: 'post', d: 'M0 2v10' }));
  const question = svgElement(
    'text',
    { class: 'question', x: isStart ? '-1' : '1', y: '11', 'text-anchor': isStart ? 'end' : 'start' },
    '?',
  );
  return [known, mark(isStart ? start : end, question)];
}

/** The signs of a bar, each with what it means. */
export function legendItems(): [SVGSVGElement, string][] {
  const span = { from: 0, to: 99 };
  const date = { precision: 'day', label: '' };
  return [
    [spanBar({ ...date, edtf: '', earliest: '1970-02-20', latest: '1970-02-20' }, span), 'a day'],
    [spanBar({ ...date, edtf: '', earliest: '1970-01-15', latest: '1970-03-25' }, span), 'some time within'],
    [spanBar({ ...date, edtf: '/', earliest: '1970-01-15', latest: '1970-03-25' }, span), 'lasted'],
    [spanBar({ ...date, edtf: '/..', earliest: '1970-01-15', open: 'end' }, span), 'goes on'],
    [spanBar({ ...date, edtf: '/', earliest: '1970-01-15', unknown: 'end' }, span), 'end unknown'],
  ];
}
