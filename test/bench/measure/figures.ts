/** The subject of a figure: the server, the number of events and the unit. */
export type Subject = {
  what: string;
  of: string;
  events: number;
  unit: 'requests/s' | 'ms' | 'events/s' | 'MB' | 'MB/s' | 's' | 'bytes/event';
};

/** The end of the name of a figure for the processor time that the server takes for one request. */
export const PROCESSOR = ', processor time of the server';

/** One figure per round, and the 99th percentile of all requests in milliseconds where there were many. */
export type Figure = Subject & { rounds: number[]; p99?: number };

/** A measurement that failed. */
type Failure = Subject & { failed: string };

/** A measurement that does not exist: the peer does not support it or cannot be installed. */
type Absence = Subject & { absent: string };

/** A figure, or the reason why there is none. */
export type Noted = Figure | Failure | Absence;

/** Everything that a run has measured, in order. */
export type Figures = ReturnType<typeof figureList>;

/** A list of figures that grows round by round. */
export function figureList() {
  const noted = new Map<string, Noted>();
  const list = {
    /** Adds the figure of a round. `p99` is of that round; the worst round's is kept. Where a round failed, no other counts. */
    add(subject: Subject, value: number, p99?: number): void {
      const known: Noted = noted.get(keyOf(subject)) ?? { ...subject, rounds: [] };
      if (!('rounds' in known)) return;
      const worst = p99 === undefined ? {} : { p99: Math.max(p99, known.p99 ?? 0) };
      noted.set(keyOf(subject), { ...known, rounds: [...known.rounds, value], ...worst });
    },
    /** Sets the 99th percentile of a figure over all its rounds. */
    setP99(subject: Subject, p99: number): void {
      const known = noted.get(keyOf(subject));
      if (known && 'rounds' in known) noted.set(keyOf(subject), { ...known, p99 });
    },
    /** Notes that there is nothing to be measured. */
    leaveOut: (subject: Subject, reason: string): unknown => noted.set(keyOf(subject), { ...subject, absent: reason }),
    /** Notes that the measuring went wrong. */
    fail: (subject: Subject, error: unknown): unknown => noted.set(keyOf(subject), { ...subject, failed: messageOf(error) }),
    hasFailed: (subject: Subject): boolean => 'failed' in (noted.get(keyOf(subject)) ?? {}),
    /** Does a part of the measuring; an error becomes the reason why this figure is missing, and the run goes on. */
    async attempt(subject: Subject, work: () => Promise<void>): Promise<void> {
      try {
        await work();
      } catch (error) {
        list.fail(subject, error);
      }
    },
    all: (): Noted[] => [...noted.values()],
  };
  return list;
}

/** The message of an error. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const keyOf = ({ what, of, events }: Subject): string => JSON.stringify([what, of, events]);
