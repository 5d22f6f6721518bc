/** The numbers of a figure: the best, the least and the most that it may be. */
type Numbers = { value?: number | undefined; low?: number | undefined; high?: number | undefined };

/** A fault of a figure, and the path to it. */
type Fault = { path: string[]; message: string };

const isAbove = (one: number | undefined, other: number | undefined): boolean => one !== undefined && other !== undefined && one > other;

/** The faults of a figure without a number, and of one whose numbers are not in order: the first one counts. */
const faultsOf = ({ value, low, high }: Numbers): Fault[] => [
  ...(value === undefined && (low === undefined || high === undefined)
    ? [{ path: [], message: 'states no number: give value, or both low and high' }]
    : []),
  ...(isAbove(low, high) ? [{ path: ['low'], message: `is above high ${high}: give low, then high, in order` }] : []),
  ...(isAbove(low, value) ? [{ path: ['low'], message: `is above value ${value}: give one that is not above it` }] : []),
  ...(isAbove(value, high) ? [{ path: ['high'], message: `is below value ${value}: give one that is not below it` }] : []),
];

/** Refuses a figure without a number, and one whose numbers are not in order: a refinement of its schema. */
export function refuseDisorder(figure: Numbers, context: { addIssue: (issue: Fault & { code: 'custom' }) => void }): void {
  const [fault] = faultsOf(figure);
  if (fault) context.addIssue({ code: 'custom', ...fault });
}
