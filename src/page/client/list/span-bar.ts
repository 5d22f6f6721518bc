import type { AnsweredDate } from '../api/answers.ts';
import { svgElement } from '../base/element.ts';
import type { DatedBounds } from '../../../domain/time/historical-date.ts';
import { boundsOf, dayFromIso, type Span } from '../base/span.ts';

const MIDDLE = '7'; // of a bar 14 pixels high

/** The place of a day on the screen, as a percentage of the width. */
type Position = (day: number) => string;

/**
 * The place of a date in the span on the screen, to be read beside its label: a dot is a day, a filled bar lasted from its start to its end, and is faded
 * where it is not sure that it had begun, or still went on; an outlined bar is some time within, one of several dates has an outline for each; an arrow is
 * an end still open, a dotted tail with a question mark an end nobody knows. A doubted date is drawn with dashes. What begins before the span, or ends after
 * it, runs a little over the edge.
 */
export function spanBar(date: AnsweredDate, span: Span): SVGSVGElement {
  const position: Position = (day) => (Math.min(Math.max((day - span.from) / (span.to + 1 - span.from), 0), 1) * 100).toFixed(2);
  const bounds = boundsOf(date);
  const start = date.earliest === undefined ? '0' : position(dayFromIso(date.earliest));
  const end = date.latest === undefined ? '100' : position(dayFromIso(date.latest) + 1);
  const bar = svgElement('svg', { class: bounds.doubted ? 'bar doubted' : 'bar', 'aria-hidden': 'true', focusable: 'false' });
  bar.append(line('track', '0', '100'));
  if (bounds.members) {
    bar.append(...bounds.members.map(([first, last]) => oneOf(first, last, position)));
  } else if (date.earliest !== undefined && date.earliest === date.latest) {
    bar.append(svgElement('circle', { class: 'day', cx: `${start}%`, cy: MIDDLE, r: '4' }));
  } else if (date.unknown) {
    bar.append(line('tail', start, end), ...unknownEnds(date, start, end));
  } else if (date.edtf.includes('/')) {
    bar.append(...lasting(bounds, position), ...openEnds(date));
  } else {
    bar.append(stretch('within', start, end));
  }
  if (date.earliest !== undefined && dayFromIso(date.earliest) < span.from) bar.append(overrun('0', '-7'));
  if (date.latest !== undefined && dayFromIso(date.latest) > span.to) bar.append(overrun('100', '7'));
  return bar;
}

/** One of several dates: an outline, a ring for a day. */
function oneOf(first: number, last: number, position: Position): SVGElement {
  if (first === last) return svgElement('circle', { class: 'within', cx: `${position(first)}%`, cy: MIDDLE, r: '4' });
  return stretch('within', position(first), position(last + 1));
}

/** A period: filled from the latest start to the earliest end, faded before and after, where it is not sure that it lasted. */
function lasting({ startMin, startMax, endMin, endMax }: DatedBounds, position: Position): SVGElement[] {
  const [start, end] = [position(startMin), position(endMax + 1)];
  if (Number(end) - Number(start) < NARROW) return [stretch('lasted', start, end)];
  if (startMax > endMin) return [stretch('faded', start, end)];
  const [sureStart, sureEnd] = [position(startMax), position(endMin + 1)];
  const parts = [
    ['faded', start, sureStart],
    ['lasted', sureStart, sureEnd],
    ['faded', sureEnd, end],
  ] as const;
  return parts.filter(([, from, to]) => Number(to) > Number(from)).map(([name, from, to]) => block(name, from, to));
}

function line(name: string, start: string, end: string): SVGElement {
  return svgElement('line', { class: name, x1: `${start}%`, x2: `${end}%`, y1: MIDDLE, y2: MIDDLE });
}

const NARROW = 3; // percent, below which a bar is drawn in pixels, lest it vanish

function stretch(name: string, start: string, end: string): SVGElement {
  if (Number(end) - Number(start) >= NARROW) return block(name, start, end);
  const middle = ((Number(start) + Number(end)) / 2).toFixed(2);
  return mark(middle, svgElement('rect', { class: name, ...BLOCK, x: '-3', width: '6' }));
}

const BLOCK = { y: '3.5', height: '7', rx: '1' };

function block(name: string, start: string, end: string): SVGElement {
  return svgElement('rect', { class: name, ...BLOCK, x: `${start}%`, width: `${(Number(end) - Number(start)).toFixed(2)}%` });
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
    [spanBar({ ...date, edtf: '1970-02-20', earliest: '1970-02-20', latest: '1970-02-20' }, span), 'a day'],
    [spanBar({ ...date, edtf: '1970-02', earliest: '1970-01-15', latest: '1970-03-25' }, span), 'some time within'],
    [spanBar({ ...date, edtf: '[1970-01,1970-03]', earliest: '1970-01-01', latest: '1970-03-31' }, span), 'one of several dates'],
    [spanBar({ ...date, edtf: '1970-01-15/1970-03-25', earliest: '1970-01-15', latest: '1970-03-25' }, span), 'lasted'],
    [spanBar({ ...date, edtf: '1970-01/1970-03', earliest: '1970-01-01', latest: '1970-03-31' }, span), 'may have lasted, where faded'],
    [spanBar({ ...date, edtf: '1970-01-15/..', earliest: '1970-01-15', open: 'end' }, span), 'goes on'],
    [spanBar({ ...date, edtf: '1970-01-15/', earliest: '1970-01-15', unknown: 'end' }, span), 'end unknown'],
    [spanBar({ ...date, edtf: '1970-02?', earliest: '1970-01-15', latest: '1970-03-25' }, span), 'doubted'],
  ];
}
