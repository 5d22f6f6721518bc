import { AnnalsError } from '../../domain/errors.ts';
import { generationOf } from '../../domain/generation.ts';
import { anyRecord, currentGeneration } from './records.ts';
import { type Engine, guard } from '../port.ts';

/** Throws the error that stands in the way of reading or of writing. Nothing reaches the disk, however often it is called. */
export async function refuseUnready(engine: Engine): Promise<void> {
  const [, generations] = await engine.read([anyRecord, currentGeneration]);
  generationOf(generations);
  await takeWriteLock(engine);
}

/** Begins a write and takes it back. */
async function takeWriteLock(engine: Engine): Promise<void> {
  const takenBack = new Error('the write was taken back');
  try {
    await engine.write([guard(0, takenBack, 'SELECT 1')]);
  } catch (error) {
    // A full queue is work in progress, no obstacle.
    const isQueueFull = error instanceof AnnalsError && error.code === 'overloaded';
    if (error !== takenBack && !isQueueFull) throw error;
  }
}
