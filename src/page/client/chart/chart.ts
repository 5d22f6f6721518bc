import { axisBottom } from 'd3-axis';
import { type ScaleTime, scaleLinear, scaleUtc } from 'd3-scale';
import { select } from 'd3-selection';
import type { Bucket } from '../api/answers.ts';
import { spanOfBucket } from './buckets.ts';
import { svgElement } from '../base/element.ts';
import { type Span, tickLabel } from '../base/span.ts';

export type TimeScale = ScaleTime<number, number>;

const DAY = 86_400_000; // milliseconds
const AXIS_HEIGHT = 22;
const TOP = 14;

/** The scale of a span over `width` pixels; the last day of the span lies inside. */
export function timeScale(span: Span, width: number): TimeScale {
  return scaleUtc([span.from * DAY, (span.to + 1) * DAY], [0, width]);
}

/** The pixel at which a day begins on the scale. */
export function xOfDay(scale: TimeScale, day: number): number {
  return scale(day * DAY);
}

/** The day at a pixel. */
export function dayAt(scale: TimeScale, x: number): number {
  return Math.floor(scale.invert(x).getTime() / DAY);
}

/** The days between both ends of the scale. */
export function spanOfScale(scale: TimeScale): Span {
  const [left = 0, right = 0] = scale.domain().map((date) => date.getTime() / DAY);
  return { from: Math.round(left), to: Math.round(right) - 1 };
}

/** An empty chart, put into its place on the page. */
export function createChart(host: HTMLElement): SVGSVGElement {
  const svg = svgElement(
    'svg',
    { 'aria-hidden': 'true', focusable: 'false' },
    svgElement('line', { class: 'most-line' }),
    svgElement('g', { class: 'bars' }),
    svgElement('g', { class: 'axis' }),
    svgElement('text', { class: 'most' }),
  );
  host.append(svg);
  return svg;
}

/** Draws the buckets under the scale: a bar each, the share whose date is less certain lighter on top; `lit` is the one under the pointer. */
export function drawChart(svg: SVGSVGElement, scale: TimeScale, buckets: Bucket[], lit?: Bucket): void {
  const [, width = 0] = scale.range();
  const base = svg.clientHeight - AXIS_HEIGHT;
  const bars = buckets.map((bucket) => barOf(bucket, scale)).filter(({ x, end }) => end > 0 && x < width);
  const most = bars.reduce((highest, { bucket }) => Math.max(highest, bucket.count), 1);
  drawBars(svg, bars, scaleLinear([0, most], [base, TOP]), lit);

  const chart = select(svg);
  const axis = axisBottom<Date>(scale)
    .ticks(Math.max(2, Math.floor(width / 90)))
    .tickFormat(tickLabel)
    .tickSizeOuter(0);
  chart.select<SVGGElement>('.axis').attr('transform', `translate(0,${base})`).call(axis);
  anchorTheOutermost(svg, width);
  chart
    .select('.most')
    .attr('y', TOP - 4)
    .text(bars.length > 0 ? `most: ${most.toLocaleString('en')}` : '');
  chart.select('.most-line').attr('x2', width).attr('y1', TOP).attr('y2', TOP);
}

type Bar = { bucket: Bucket; x: number; end: number };

function barOf(bucket: Bucket, scale: TimeScale): Bar {
  const { from, to } = spanOfBucket(bucket);
  return { bucket, x: xOfDay(scale, from), end: xOfDay(scale, to + 1) };
}

function drawBars(svg: SVGSVGElement, bars: Bar[], heightOf: (count: number) => number, lit: Bucket | undefined): void {
  select(svg)
    .select('.bars')
    .selectAll<SVGGElement, Bar>('g')
    .data(bars)
    .join((enter) => {
      const group = enter.append('g');
      group.append('rect').attr('class', 'bar-certain');
      group.append('rect').attr('class', 'bar-uncertain');
      return group;
    })
    .classed('lit', ({ bucket }) => bucket === lit)
    .selectAll<SVGRectElement, Bar>('rect')
    .data(({ bucket, x, end }) => {
      const [foot, middle, head] = [heightOf(0), heightOf(bucket.count - bucket.uncertain), heightOf(bucket.count)];
      const width = Math.max(0.5, end - x > 4 ? end - x - 1 : end - x);
      return [
        { x, width, y: middle, height: foot - middle },
        { x, width, y: head, height: middle - head },
      ];
    })
    .attr('x', ({ x }) => x)
    .attr('width', ({ width }) => width)
    .attr('y', ({ y }) => y)
    .attr('height', ({ height }) => height);
}

/** A label at either edge of the strip would be cut in half. */
function anchorTheOutermost(svg: SVGSVGElement, width: number): void {
  for (const tick of svg.querySelectorAll<SVGGElement>('.axis .tick')) {
    const x = Number(/translate\((-?[\d.]+)/.exec(tick.getAttribute('transform') ?? '')?.[1]);
    tick.querySelector('text')?.setAttribute('text-anchor', x < 20 ? 'start' : x > width - 20 ? 'end' : 'middle');
  }
}
