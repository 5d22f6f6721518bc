/** A set of integers, a byte for each where they lie close together, as keys of a database do. */
export type Bitmap = {
  add: (member: number) => void;
  /** Yields the members in ascending order. */
  members: () => Generator<number>;
};

/** Integers of a page, which is made with its first member. */
const PAGE = 1024;

/** An empty set. */
export function bitmap(): Bitmap {
  const pages = new Map<number, Uint8Array>();
  return {
    add(member) {
      const number = Math.floor(member / PAGE);
      const page = pages.get(number) ?? new Uint8Array(PAGE);
      pages.set(number, page);
      page[member - number * PAGE] = 1;
    },
    *members() {
      for (const [number, page] of [...pages].toSorted(([one], [other]) => one - other))
        for (const [index, isMember] of page.entries()) if (isMember === 1) yield number * PAGE + index;
    },
  };
}
