import type { Part } from '../text/marks.ts';
import { element } from './element.ts';

/** The parts of a text as nodes, those that were looked for in a `mark`. */
export function markedNodes(parts: readonly Part[]): (Node | string)[] {
  return parts.map(({ text, isHit }) => (isHit ? element('mark', {}, text) : text));
}
