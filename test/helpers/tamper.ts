import { closeSync, openSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';

/** Changes a database as somebody would who has it open elsewhere. */
export function tamper(path: string, sql: string): void {
  const database = new Database(path);
  database.unsafeMode();
  database.exec(sql);
  database.close();
}

/** Puts bytes in the place of those at an offset of a file. */
export function overwrite(path: string, at: number, bytes: Buffer): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
}

/** Damages a page in the middle of the index of a database that only a full check reads. */
export function damageIndex(path: string, name: string): void {
  const database = new Database(path);
  database.pragma('wal_checkpoint(TRUNCATE)');
  const page = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(name) as number;
  const size = database.pragma('page_size', { simple: true }) as number;
  database.close();
  overwrite(path, (page - 1) * size + size / 2, Buffer.alloc(size / 2, 0xaa));
}
