import { closestPeer, peers } from '../peers/index.ts';
import type { Peer } from '../peers/peer.ts';
import type { Effort } from '../measure/latency.ts';

/** Measurements of a run and their durations in seconds, except `latency.most` in milliseconds. */
export type Plan = {
  /** The numbers of events, smallest first. Servers are compared on the smallest. */
  sizes: readonly number[];
  peers: readonly Peer[];
  rounds: number;
  latency: Effort;
  /** Whole seconds. */
  load: { rounds: number; seconds: number };
  /** Number of events whose import is timed. */
  imported: number;
};

/** Largest world that is copied for writes and compared with the closest peer: the largest in section 7. */
export const COMPARED = 1_000_000;

const usual: Plan = {
  sizes: [100_000, 1_000_000],
  peers,
  rounds: 5,
  latency: { rounds: 5, asks: 60, most: 3000 },
  load: { rounds: 5, seconds: 2 },
  imported: 50_000,
};

/** `--quick` shows within two minutes that everything works; its figures are of a world too small to be judged by. */
export const plans = {
  usual,
  large: { ...usual, sizes: [...usual.sizes, 10_000_000] },
  quick: {
    sizes: [5000],
    peers: [closestPeer],
    rounds: 5,
    latency: { rounds: 5, asks: 10, most: 500 },
    load: { rounds: 2, seconds: 1 },
    imported: 2000,
  },
} satisfies Record<string, Plan>;
