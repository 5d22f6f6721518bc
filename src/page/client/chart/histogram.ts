import { pointer } from 'd3-selection';
import { parseWindow } from '../../../domain/time/window.ts';
import type { Bucket } from '../api/answers.ts';
import { bucketsAround, type Extent, extentOf, spanOfBucket } from './buckets.ts';
import { createChart, dayAt, drawChart, spanOfScale, type TimeScale } from './chart.ts';
import { fillCounts } from './counts.ts';
import { byId, counted } from '../base/element.ts';
import { isMove, moved } from './moves.ts';
import { type Span, spanLabel, type Unit, unitFor, windowLabel, writtenSpan } from '../base/span.ts';
import { filtersOf, type State } from '../base/state.ts';
import type { Store } from '../base/store.ts';
import { createZoomSurface } from './zoom-surface.ts';

/** The content of the strip: the buckets of a unit over a span, which can move within the limits. */
type View = { span: Span; limits: Span; unit: Unit; buckets: Bucket[]; asked: string };

export type Shown = { span: Span | undefined; undated: number };
export type HistogramStrip = { show: (state: State, signal: AbortSignal) => Promise<Shown> };

/** The strip above the list: numbers of moments over time. Wheel, drag, pinch, keys and buttons move its window, which is the window of the list too. */
export function createHistogram(store: Store): HistogramStrip {
  const chart = byId('chart', HTMLElement);
  const svg = createChart(chart);
  let view: View | undefined;
  let scale: TimeScale | undefined;

  const draw = (lit?: Bucket) => {
    if (scale) drawChart(svg, scale, view?.buckets ?? [], lit);
    byId('reading', HTMLElement).textContent = lit ? bucketReading(lit) : spanReading(view, scale);
  };
  const settle = (wanted: Span) => {
    if (!view) return;
    const isAll = wanted.from <= view.limits.from && wanted.to >= view.limits.to;
    store.go(isAll ? { from: '', to: '' } : writtenSpan(wanted, unitFor(wanted, chart.clientWidth)));
  };
  const onMove = (moving: TimeScale) => {
    scale = moving;
    draw();
  };
  const onEnd = (wanted: Span) => {
    if (wanted.from !== view?.span.from || wanted.to !== view.span.to) settle(wanted);
  };
  const surface = createZoomSurface(svg, { onMove, onEnd });
  const fit = () => {
    if (view) scale = surface.fit(view.span, view.limits);
    draw();
  };

  new ResizeObserver(fit).observe(chart);
  listenToPointer(svg, { scale: () => scale, buckets: () => view?.buckets ?? [], draw, settle });
  listenToKeys(chart, (name) => {
    if (!view || !isMove(name)) return false;
    settle(moved(view.span, name, view.limits));
    return true;
  });

  return {
    async show(state, signal) {
      const filters = filtersOf(state);
      const extent = await extentOf(filters, signal);
      view = await viewOf(state, extent, chart.clientWidth, signal);
      fit();
      fillCounts(view ? visibleBuckets(view) : [], settle);
      return { span: view?.span, undated: extent.undated };
    },
  };
}

async function viewOf(state: State, extent: Extent, width: number, signal: AbortSignal): Promise<View | undefined> {
  const span = spanShown(state, extent.span);
  if (!span) return undefined;
  const limits = { from: Math.min(span.from, extent.span?.from ?? span.from), to: Math.max(span.to, extent.span?.to ?? span.to) };
  const unit = unitFor(span, width);
  const asked = state.from && state.to ? windowLabel(state.from, state.to) : '';
  return { span, limits, unit, asked, buckets: await bucketsAround(filtersOf(state), unit, span, limits, signal) };
}

/** The window asked for; an end that was not asked is that of all the moments, or ten years from the other. */
function spanShown({ from, to }: State, extent: Span | undefined): Span | undefined {
  const asked = parseWindow({ ...(from && { from }), ...(to && { to }) });
  const first = asked.from ?? extent?.from ?? asked.to;
  const last = asked.to ?? extent?.to ?? asked.from;
  if (first === undefined || last === undefined) return undefined;
  if (first <= last) return { from: first, to: last };
  return asked.from === undefined ? { from: last - 3652, to: last } : { from: first, to: first + 3652 };
}

function visibleBuckets({ buckets, span }: View): Bucket[] {
  return buckets.filter((bucket) => spanOfBucket(bucket).to >= span.from && spanOfBucket(bucket).from <= span.to);
}

type Pointed = {
  scale: () => TimeScale | undefined;
  buckets: () => Bucket[];
  draw: (lit?: Bucket) => void;
  settle: (span: Span) => void;
};

/** The pointer reads the bucket it is over, and a click zooms to it. */
function listenToPointer(svg: SVGSVGElement, { scale, buckets, draw, settle }: Pointed): void {
  const bucketUnder = (event: Event) => {
    const visible = scale();
    if (!visible) return undefined;
    const day = dayAt(visible, pointer(event, svg)[0]);
    return buckets().find((bucket) => spanOfBucket(bucket).from <= day && day <= spanOfBucket(bucket).to);
  };
  svg.addEventListener('pointermove', (event) => draw(bucketUnder(event)));
  svg.addEventListener('pointerleave', () => draw());
  svg.addEventListener('click', (event) => {
    const bucket = bucketUnder(event);
    if (bucket) settle(spanOfBucket(bucket));
  });
}

const KEYS: Record<string, string> = {
  ArrowLeft: 'earlier',
  ArrowRight: 'later',
  '-': 'wider',
  '+': 'narrower',
  '=': 'narrower', // the plus key without shift
  Home: 'all',
};

/** Keys on the chart and the buttons above it; `move` returns true if the name is a move. */
function listenToKeys(chart: HTMLElement, move: (name: string | undefined) => boolean): void {
  chart.addEventListener('keydown', (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey && move(KEYS[event.key])) event.preventDefault();
  });
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-move]')) {
    button.addEventListener('click', () => move(button.dataset['move']));
  }
}

function spanReading(view: View | undefined, scale: TimeScale | undefined): string {
  if (!view || !scale) return 'Nothing to show in time';
  const isLighter = visibleBuckets(view).some(({ uncertain }) => uncertain > 0);
  return `${spanWords(view, spanOfScale(scale))}, by ${view.unit}${isLighter ? '; lighter: may have begun at another time' : ''}`;
}

/** The window in words: at rest as it was asked, which may be finer than the unit; on the move as it would be asked. */
function spanWords({ span, unit, asked }: View, shown: Span): string {
  const isAtRest = shown.from === span.from && shown.to === span.to;
  return (isAtRest && asked) || spanLabel(shown, unit);
}

function bucketReading({ label, count, uncertain }: Bucket): string {
  return `${label}: ${counted(count, 'moment')}${uncertain > 0 ? `, ${uncertain.toLocaleString('en')} may have begun at another time` : ''}`;
}
