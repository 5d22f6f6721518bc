import { SHORTEST, type Span } from '../base/span.ts';

const MOVES = ['earlier', 'later', 'wider', 'narrower', 'all'] as const;
export type Move = (typeof MOVES)[number];

export function isMove(name: string | undefined): name is Move {
  return MOVES.some((move) => move === name);
}

/** The span after a step within the limits: a third of its width sideways, or half as wide, or twice, about its middle. */
export function moved(span: Span, move: Move, limits: Span): Span {
  const width = span.to - span.from + 1;
  if (move === 'all') return limits;
  if (move === 'earlier') return kept(span.from - Math.ceil(width / 3), width, limits);
  if (move === 'later') return kept(span.from + Math.ceil(width / 3), width, limits);
  const wanted = Math.max(SHORTEST, Math.round(move === 'wider' ? width * 2 : width / 2));
  return kept(span.from + Math.round((width - wanted) / 2), wanted, limits);
}

function kept(from: number, width: number, limits: Span): Span {
  const start = Math.max(limits.from, Math.min(from, limits.to - width + 1));
  return { from: start, to: Math.min(start + width - 1, limits.to) };
}
