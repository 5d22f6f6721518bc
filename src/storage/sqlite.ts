import type { Answers, Engine, Statement } from './engine.ts';
import { openConnections } from './sqlite/connections.ts';
import { asStorageError } from './sqlite/errors.ts';
import { groupCommit } from './sqlite/group-commit.ts';
import { snapshots } from './sqlite/snapshot.ts';

/** The engine on one SQLite file in this process. */
export function sqliteEngine(path: string): Engine {
  const { writer, reader } = openConnections(path);
  const { write, settled } = groupCommit(writer);
  const snapshot = snapshots(reader);
  return {
    async read<const Statements extends readonly Statement[]>(statements: Statements) {
      try {
        return snapshot(statements) as Answers<Statements>; // @NOTE the tuple types are stated where each statement is written
      } catch (error) {
        throw asStorageError(error);
      }
    },
    write,
    async close() {
      await settled();
      reader.close();
      writer.close();
    },
  };
}
