import { fnv1a } from '../domain/hash.ts';

/**
 * Ids, each with a number. As a map has them, but in a few arrays outside V8's heap, which takes some 40 bytes for an id where a map takes 100;
 * nor does it end at 16.7 million of them.
 */
export type IdNumbers = {
  has: (id: string) => boolean;
  get: (id: string) => number | undefined;
  /** Adds an id, ASCII as all are, that is not there yet. */
  add: (id: string, number: number) => void;
  size: () => number;
  /** All ids, as they were added. */
  keys: () => Generator<string>;
};

/** None yet. */
export function idNumbers(): IdNumbers {
  let size = 0;
  let text = Buffer.alloc(1024);
  /** Where in the text each id ends, after a first 0. */
  let ends = new Uint32Array(64);
  let numbers = new Uint32Array(64);
  /** For each hash, and for those after it when that is taken, which id it is, counted from 1; half of them are free. */
  let slots = new Uint32Array(128);

  /** The slot of an id, or the free one where it belongs. */
  function slotOf(id: string): number {
    let slot = hashOf(id) & (slots.length - 1);
    for (; slots[slot] !== 0; slot = (slot + 1) & (slots.length - 1)) if (isAt(slots[slot]! - 1, id)) break;
    return slot;
  }

  function isAt(index: number, id: string): boolean {
    const from = ends[index]!;
    if (ends[index + 1]! - from !== id.length) return false;
    for (let at = id.length - 1; at >= 0; at -= 1) if (text[from + at] !== id.charCodeAt(at)) return false;
    return true;
  }

  function idAt(index: number): string {
    return text.toString('latin1', ends[index], ends[index + 1]);
  }

  function grow(): void {
    ends = enlarged(ends);
    numbers = enlarged(numbers);
    slots = new Uint32Array(2 * slots.length);
    for (let index = 0; index < size; index += 1) slots[slotOf(idAt(index))] = index + 1;
  }

  function get(id: string): number | undefined {
    const index = slots[slotOf(id)]!;
    return index === 0 ? undefined : numbers[index - 1];
  }

  return {
    get,
    has: (id) => slots[slotOf(id)] !== 0,
    add(id, number) {
      if (size + 1 === ends.length) grow();
      const from = ends[size]!;
      while (from + id.length > text.length) text = Buffer.concat([text], 2 * text.length);
      slots[slotOf(id)] = size + 1;
      text.write(id, from, 'latin1');
      numbers[size] = number;
      size += 1;
      ends[size] = from + id.length;
    },
    size: () => size,
    *keys() {
      for (let index = 0; index < size; index += 1) yield idAt(index);
    },
  };
}

function enlarged(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * array.length);
  larger.set(array);
  return larger;
}

/** The upper half of a hash goes into the lower one, by which slots are chosen. */
function hashOf(id: string): number {
  const hash = fnv1a(id);
  return hash ^ (hash >>> 15);
}
