import { select } from 'd3-selection';
import { type D3ZoomEvent, zoom, zoomIdentity } from 'd3-zoom';
import { spanOfScale, type TimeScale, timeScale, xOfDay } from './chart.ts';
import { SHORTEST, type Span } from '../base/span.ts';

type ZoomEvent = D3ZoomEvent<SVGSVGElement, unknown>;

/** `onMove` hears the scale all the while a gesture lasts, `onEnd` the span where it ends. */
export type Gestures = { onMove: (scale: TimeScale) => void; onEnd: (span: Span) => void };

/** Wheel, drag and pinch over the chart, within the limits. `fit` says where the window now is, and returns its scale. */
export type ZoomSurface = { fit: (span: Span, limits: Span) => TimeScale };

export function createZoomSurface(svg: SVGSVGElement, { onMove, onEnd }: Gestures): ZoomSurface {
  let whole = timeScale({ from: 0, to: 0 }, 1);
  let moved: TimeScale | undefined;

  const zooming = zoom<SVGSVGElement, unknown>()
    // One finger scrolls the page, as everywhere; two move and zoom the window.
    .filter((event: Event) => ('touches' in event ? isPinch(event) : !('button' in event && event.button)))
    .clickDistance(4)
    .on('zoom', (event: ZoomEvent) => {
      if (!event.sourceEvent) return; // it is `fit` that moved it
      moved = event.transform.rescaleX(whole);
      onMove(moved);
    })
    .on('end', (event: ZoomEvent) => {
      if (event.sourceEvent && moved) onEnd(spanOfScale(moved));
      moved = undefined;
    });
  const surface = select(svg).call(zooming).on('dblclick.zoom', null);

  return {
    fit(span, limits) {
      const width = svg.clientWidth;
      whole = timeScale(limits, width);
      const left = xOfDay(whole, span.from);
      const edges: [[number, number], [number, number]] = [
        [0, 0],
        [width, svg.clientHeight],
      ];
      const most = Math.max(1, (limits.to - limits.from + 1) / SHORTEST);
      zooming.extent(edges).translateExtent(edges).scaleExtent([1, most]);
      zooming.transform(surface, zoomIdentity.scale(width / (xOfDay(whole, span.to + 1) - left)).translate(-left, 0));
      return timeScale(span, width);
    },
  };
}

function isPinch(event: Event): boolean {
  return event instanceof TouchEvent && event.touches.length > 1;
}
